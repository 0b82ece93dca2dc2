import FastCGI

extension FuzzTarget {
    /// FastCGI records, scanned in one piece and in pieces that the first byte chooses.
    static let records = FuzzTarget("records", maximumBytes: 8 << 10) { input in
        guard let seed = input.first else { return }
        let bytes = Array(input.dropFirst())
        let whole = RecordScan(bytes, pieces: { $0 })
        let single = RecordScan(bytes, pieces: { _ in 1 })
        var state = UInt64(seed)
        let mixed = RecordScan(bytes) { left in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return min(left, Int(state >> 58) + 1)
        }
        try require(whole == single, "byte by byte is as in one piece")
        try require(whole == mixed, "in pieces is as in one piece")
        try require(whole.used <= bytes.count, "no more is used than there is")
        let limits = RecordScan.limits
        try require(whole.parameters.count <= limits.parameterBytes, "no more parameters than the limit")
        try require(whole.body.count <= limits.bodyBytes, "no longer body than the limit")
        guard whole.isComplete, !whole.isAborted, !whole.parametersExceedLimit else { return }
        let pairs = try require(RecordScan.pairs(whole.parameters), "the parameters of a whole request are whole pairs")
        try require(pairs == whole.pairs, "the pairs are counted")
    }
}

/// What a scanner makes of bytes that come in pieces.
private struct RecordScan: Equatable {
    static let limits: ResponderLimits = {
        var limits = ResponderLimits()
        // Small enough to be reached.
        limits.parameterBytes = 1 << 10
        limits.bodyBytes = 2 << 10
        limits.discardedBytes = 128 << 10
        return limits
    }()

    private(set) var parameters: [UInt8] = []
    private(set) var body: [UInt8] = []
    private(set) var answers: [UInt8] = []
    private(set) var used = 0
    let refusal: RecordRefusal?
    let isComplete: Bool
    let isAborted: Bool
    let keepsConnection: Bool
    let isPlain: Bool
    let request: UInt16
    let pairs: Int
    let parametersExceedLimit: Bool
    let bodyExceedsLimit: Bool

    /// - Parameter pieces: how many of the bytes that are left the next piece has.
    init(_ bytes: [UInt8], pieces: (Int) -> Int) {
        var scanner = RecordScanner(limits: Self.limits)
        var parameters: [UInt8] = []
        var body: [UInt8] = []
        var refusal: RecordRefusal?
        var position = 0
        while position < bytes.count, !scanner.isComplete, refusal == nil {
            let piece = Array(bytes[position..<position + max(1, pieces(bytes.count - position))])
            do throws(RecordRefusal) {
                position += try scanner.scan(piece.span) { stream, range in
                    switch stream {
                    case .parameters: parameters += piece[range]
                    case .body: body += piece[range]
                    }
                }
            } catch {
                refusal = error
            }
            self.answers += scanner.takeAnswers()
        }
        self.used = refusal == nil ? position : 0
        // A refused request is never looked at again, so how far its pieces were delivered does not matter.
        self.parameters = refusal == nil ? parameters : []
        self.body = refusal == nil ? body : []
        if refusal != nil { self.answers = [] }
        self.refusal = refusal
        self.isComplete = refusal == nil && scanner.isComplete
        self.isAborted = refusal == nil && scanner.isAborted
        self.keepsConnection = refusal == nil && scanner.keepsConnection
        self.isPlain = refusal == nil && scanner.isPlain
        self.request = refusal == nil ? scanner.request : 0
        self.pairs = refusal == nil ? scanner.parameterPairs : 0
        self.parametersExceedLimit = refusal == nil && scanner.parametersExceedLimit
        self.bodyExceedsLimit = refusal == nil && scanner.bodyExceedsLimit
    }

    /// How many pairs fill a stream exactly (specification, section 3.4); nil if none do.
    static func pairs(_ stream: [UInt8]) -> Int? {
        var rest = stream[...]
        func length() -> Int? {
            guard let first = rest.popFirst() else { return nil }
            guard first & 0x80 != 0 else { return Int(first) }
            guard rest.count >= 3 else { return nil }
            let length = rest.prefix(3).reduce(Int(first & 0x7f)) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(3)
            return length
        }
        var count = 0
        while !rest.isEmpty {
            guard let name = length(), let value = length(), name + value <= rest.count else { return nil }
            rest = rest.dropFirst(name + value)
            count += 1
        }
        return count
    }
}
