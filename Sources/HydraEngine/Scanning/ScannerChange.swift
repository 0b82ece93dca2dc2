import HydraScanners

/// What to change of a scanner; what is nil stays.
///
/// A value; any thread.
struct ScannerChange: Sendable {
    var name: String?
    var isEnabled: Bool?
    var definition: ScannerDefinition?
    /// Of a usage scanner: count anew from the first event that is kept.
    var takesInPast = false
}
