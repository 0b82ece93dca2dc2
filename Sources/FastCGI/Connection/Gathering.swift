/// A request that did not come in one piece: its scanner and what was read so far. A value; the connection's owner's.
struct Gathering: Sendable {
    var scanner: RecordScanner
    /// CLOCK_MONOTONIC, ns.
    let started: UInt64
    private(set) var parameters: [UInt8] = []
    private(set) var body: [UInt8] = []

    init(limits: ResponderLimits, started: UInt64) {
        self.scanner = RecordScanner(limits: limits)
        self.started = started
    }

    /// Takes bytes of this request: not more than ``RecordScanner/wanted``.
    mutating func take(_ bytes: Span<UInt8>) throws(RecordRefusal) {
        var parameters = exchange(&self.parameters, with: [])
        var body = exchange(&self.body, with: [])
        _ = try self.scanner.scan(bytes) { stream, range in
            let piece = bytes.extracting(range)
            switch stream {
            case .parameters: Self.append(piece, to: &parameters)
            case .body: Self.append(piece, to: &body)
            }
        }
        self.parameters = self.scanner.parametersExceedLimit ? [] : parameters
        self.body = self.scanner.bodyExceedsLimit || self.scanner.parametersExceedLimit ? [] : body
    }

    private static func append(_ piece: Span<UInt8>, to bytes: inout [UInt8]) {
        unsafe piece.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
}
