/// Follows one request's records from its first byte to its last, in whatever pieces they come.
///
/// It decides what libfcgi may see, keeps the limits before anything is allocated for the content, and finds the end
/// of the request, so that no thread ever waits inside libfcgi for a slow peer. A value, no I/O: the caller reads bytes,
/// scans them, and does what comes out.
package struct RecordScanner: Sendable {
    /// What a piece of content belongs to.
    package enum Stream {
        case parameters
        case body
    }

    private enum Phase {
        case start
        case parameters
        case body
        case ended
    }

    private enum Content {
        case none
        case begin
        case parameters
        case body
        case skipped
    }

    private let limits: ResponderLimits
    private var phase = Phase.start
    private var headerWord: UInt64 = 0
    private var headerFilled = 0
    private var content = Content.none
    private var contentLeft = 0
    private var paddingLeft = 0
    private var beginWord: UInt64 = 0
    private var discardedBytes = 0
    private var parameterScanner = ParameterScanner()

    /// Valid once a request has begun; never 0 then.
    package private(set) var request: UInt16 = 0
    /// The front server wants to use the connection again.
    package private(set) var keepsConnection = false
    private(set) var parameterBytes = 0
    private(set) var bodyBytes = 0
    /// Over ``ResponderLimits/parameterBytes``: the content is not delivered any more.
    package private(set) var parametersExceedLimit = false
    /// Over ``ResponderLimits/bodyBytes``: the content is not delivered any more.
    package private(set) var bodyExceedsLimit = false
    /// The front server has given the request up.
    package private(set) var isAborted = false
    /// False when libfcgi would lose its place: padding after an empty record or the first one, foreign records.
    package private(set) var isPlain = true
    /// Bytes to send to the peer: it tried to begin a second request on the connection.
    private var answers: [UInt8] = []

    package init(limits: ResponderLimits) {
        self.limits = limits
    }

    /// The request is complete, up to its last padding byte.
    package var isComplete: Bool { self.phase == .ended && self.contentLeft == 0 && self.paddingLeft == 0 }
    /// Not a byte of a request was seen.
    var isUntouched: Bool { self.phase == .start && self.headerFilled == 0 && self.content == .none }
    package var parameterPairs: Int { self.parameterScanner.pairs }

    /// What is to be sent to the peer now.
    package mutating func takeAnswers() -> [UInt8] {
        if self.answers.isEmpty { return [] }
        return exchange(&self.answers, with: [])
    }

    /// How many bytes may be read without reading beyond the end of the request.
    var wanted: Int {
        let current = self.contentLeft &+ self.paddingLeft
        return self.phase == .ended ? current : current &+ RecordFormat.headerBytes &- self.headerFilled
    }

    /// Scans up to the end of the request and returns how many bytes belonged to it.
    ///
    /// - Parameter deliver: called for each piece of a stream that is within its limit, with its place in `bytes`.
    package mutating func scan(
        _ bytes: Span<UInt8>,
        deliver: (Stream, Range<Int>) -> Void
    ) throws(RecordRefusal) -> Int {
        var index = 0
        while index < bytes.count, !self.isComplete {
            if self.contentLeft > 0 {
                let step = min(self.contentLeft, bytes.count &- index)
                try self.scanContent(bytes, index..<(index &+ step), deliver: deliver)
                self.contentLeft &-= step
                index &+= step
                if self.contentLeft == 0, self.content == .begin { try self.begin() }
            } else if self.paddingLeft > 0 {
                let step = min(self.paddingLeft, bytes.count &- index)
                self.paddingLeft &-= step
                index &+= step
            } else if self.headerFilled == 0, bytes.count &- index >= RecordFormat.headerBytes {
                // As nearly always: the header in one piece.
                var word: UInt64 = 0
                for offset in 0..<RecordFormat.headerBytes { word = word &<< 8 | UInt64(bytes[index &+ offset]) }
                index &+= RecordFormat.headerBytes
                guard let header = RecordHeader(word: word) else { throw .version }
                try self.open(header)
            } else {
                self.headerWord = self.headerWord &<< 8 | UInt64(bytes[index])
                self.headerFilled &+= 1
                index &+= 1
                // Garbage is refused at its first byte, not after eight.
                if self.headerFilled == 1, self.headerWord & 0xff != UInt64(RecordFormat.version) {
                    throw .version
                }
                if self.headerFilled == RecordFormat.headerBytes {
                    self.headerFilled = 0
                    guard let header = RecordHeader(word: self.headerWord) else { throw .version }
                    try self.open(header)
                }
            }
        }
        return index
    }

    private mutating func scanContent(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        deliver: (Stream, Range<Int>) -> Void
    ) throws(RecordRefusal) {
        switch self.content {
        case .none: break
        case .begin:
            for index in range { self.beginWord = self.beginWord &<< 8 | UInt64(bytes[index]) }
        case .parameters where !self.parametersExceedLimit:
            self.parameterScanner.scan(bytes.extracting(range))
            deliver(.parameters, range)
        case .body where !self.bodyExceedsLimit && !self.parametersExceedLimit:
            deliver(.body, range)
        case .parameters, .body, .skipped:
            self.discardedBytes &+= range.count
            if self.discardedBytes > self.limits.discardedBytes { throw .tooLong }
        }
    }

    private mutating func open(_ header: RecordHeader) throws(RecordRefusal) {
        guard header.request != 0 else { throw .management }
        self.contentLeft = header.contentBytes
        self.paddingLeft = header.paddingBytes
        self.content = .skipped
        if header.contentBytes == 0 && header.paddingBytes > 0 { self.isPlain = false }
        switch self.phase {
        case .start: try self.openFirst(header)
        case .parameters, .body: try self.openNext(header)
        case .ended: break
        }
    }

    private mutating func openFirst(_ header: RecordHeader) throws(RecordRefusal) {
        switch header.type {
        case RecordType.beginRequest:
            guard header.contentBytes == RecordFormat.beginBodyBytes else { throw .begin }
            self.request = header.request
            self.content = .begin
            if header.paddingBytes > 0 { self.isPlain = false }
        case RecordType.abortRequest:
            // It crossed the answer to the request that it meant (specification, section 5.4).
            self.isPlain = false
        default:
            throw .unexpectedRecord
        }
    }

    private mutating func openNext(_ header: RecordHeader) throws(RecordRefusal) {
        guard header.request == self.request else {
            self.isPlain = false
            if header.type == RecordType.beginRequest {
                RecordWriter.end(header.request, ProtocolStatus.cannotMultiplex, to: &self.answers)
                // Each costs an answer: as if it were as long as the longest record.
                self.discardedBytes &+= RecordFormat.longestContent
                if self.discardedBytes > self.limits.discardedBytes { throw .tooLong }
            }
            return
        }
        switch (header.type, self.phase) {
        case (RecordType.abortRequest, _):
            self.isAborted = true
            self.isPlain = false
            self.phase = .ended
        case (RecordType.parameters, .parameters):
            if header.contentBytes == 0 {
                guard self.parametersExceedLimit || self.parameterScanner.isAtBoundary else { throw .parameters }
                self.phase = .body
            } else {
                self.content = .parameters
                self.parameterBytes &+= header.contentBytes
                if self.parameterBytes > self.limits.parameterBytes { self.parametersExceedLimit = true }
            }
        case (RecordType.standardInput, .body):
            if header.contentBytes == 0 {
                self.phase = .ended
            } else {
                self.content = .body
                self.bodyBytes &+= header.contentBytes
                if self.bodyBytes > self.limits.bodyBytes { self.bodyExceedsLimit = true }
            }
        default:
            throw .unexpectedRecord
        }
    }

    private mutating func begin() throws(RecordRefusal) {
        let role = UInt16(truncatingIfNeeded: self.beginWord >> 48)
        let flags = UInt8(truncatingIfNeeded: self.beginWord >> 40)
        guard role == RecordFormat.responderRole else { throw .role(request: self.request) }
        self.keepsConnection = flags & RecordFormat.keepConnectionFlag != 0
        self.content = .none
        self.phase = .parameters
    }
}
