import HydraScanners

/// Why a scanner cannot be made or changed as asked.
enum ScannerProblem: Error {
    /// The account has as many as there may be.
    case tooMany
    /// There may be one of this kind, and there is.
    case existsAlready(ScannerKind)
    /// Somebody else has edited it since.
    case editedMeanwhile(version: Int64)
    /// A request that contradicts itself; for the caller to read.
    case refused(String)
}
