import TestSupport
import Testing

@testable import FastCGI

struct RecordScannerTests {
    private static let body = Array("0123456789".utf8)
    private static let pairs = FastCGIRecord.pairs([("A", "1"), ("LONG", String(repeating: "v", count: 200))])
    private static let request =
        FastCGIRecord.begin(request: 0x1234)
        + FastCGIRecord.stream(type: 4, request: 0x1234, pairs, piece: 50, padding: 3)
        + FastCGIRecord.stream(type: 5, request: 0x1234, body, piece: 4, padding: 1)

    /// Scans pieces as a connection does; returns what was delivered.
    private static func scan(
        _ pieces: [[UInt8]],
        limits: ResponderLimits = ResponderLimits()
    ) throws(RecordRefusal) -> (scanner: RecordScanner, parameters: [UInt8], body: [UInt8], used: Int) {
        var scanner = RecordScanner(limits: limits)
        var parameters: [UInt8] = []
        var body: [UInt8] = []
        var used = 0
        for piece in pieces {
            used += try scanner.scan(piece.span) { stream, range in
                switch stream {
                case .parameters: parameters += piece[range]
                case .body: body += piece[range]
                }
            }
        }
        return (scanner, parameters, body, used)
    }

    @Test func followsARequestWhereverItIsSplit() throws {
        let bytes = Self.request
        for first in 0...bytes.count {
            let result = try Self.scan([Array(bytes[..<first]), Array(bytes[first...])])
            #expect(result.scanner.isComplete)
            #expect(result.parameters == Self.pairs)
            #expect(result.body == Self.body)
            #expect(result.used == bytes.count)
            #expect(result.scanner.request == 0x1234)
            #expect(result.scanner.keepsConnection)
            #expect(result.scanner.parameterPairs == 2)
            #expect(result.scanner.bodyBytes == Self.body.count)
            #expect(result.scanner.isPlain)
        }
    }

    /// Short lengths are passed over in pairs, long ones byte by byte; one follows the other in every order.
    @Test func countsPairsInPiecesOfAnySize() throws {
        let long = String(repeating: "l", count: 130)
        let named = [("A", "1"), ("", ""), ("B", long), ("C", ""), (long, "2"), (long, long), ("D", "33"), ("E", "4")]
        let pairs = FastCGIRecord.pairs(named)
        for piece in 1...pairs.count {
            let records = FastCGIRecord.begin() + FastCGIRecord.stream(type: 4, request: 1, pairs, piece: piece)
            let result = try Self.scan([records + FastCGIRecord.stream(type: 5, request: 1, [])])
            #expect(result.scanner.isComplete)
            #expect(result.scanner.parameterPairs == named.count)
            #expect(result.parameters == pairs)
        }
        let boundaries = Set(named.indices.map { FastCGIRecord.pairs(Array(named[...$0])).count })
        for cut in 1..<pairs.count {
            var scanner = ParameterScanner()
            scanner.scan(pairs.span.extracting(0..<cut))
            // A stream that ends inside a pair is refused.
            #expect(scanner.isAtBoundary == boundaries.contains(cut))
            scanner.scan(pairs.span.extracting(cut..<pairs.count))
            #expect(scanner.isAtBoundary)
            #expect(scanner.pairs == named.count)
            let bytes = named.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count }
            #expect(scanner.contentBytes == bytes)
        }
    }

    @Test func stopsAtTheEndOfTheRequest() throws {
        let result = try Self.scan([Self.request + Self.request])
        #expect(result.scanner.isComplete)
        #expect(result.used == Self.request.count)
        #expect(result.scanner.wanted == 0)
    }

    /// Reading what is wanted, and no more, ends exactly at the request's end.
    @Test(arguments: [0, 1, 7, 255]) func neverWantsBytesOfTheNextRequest(padding: Int) throws {
        let request =
            FastCGIRecord.begin(padding: padding)
            + FastCGIRecord.stream(type: 4, Self.pairs, piece: 9, padding: padding)
            + FastCGIRecord.make(type: 5, content: Self.body, padding: padding)
            + FastCGIRecord.make(type: 5, padding: padding)
        var scanner = RecordScanner(limits: ResponderLimits())
        var rest = request[...]
        while !scanner.isComplete {
            try #require(scanner.wanted > 0 && scanner.wanted <= rest.count)
            let piece = Array(rest.prefix(scanner.wanted))
            rest = rest.dropFirst(piece.count)
            _ = try scanner.scan(piece.span) { _, _ in }
        }
        #expect(rest.isEmpty)
    }

    @Test(arguments: [
        ("HTTP", Array("GET / HTTP/1.1\r\n".utf8), RecordRefusal.version),
        ("version 2", FastCGIRecord.make(type: 1, content: [0, 1, 0, 0, 0, 0, 0, 0], version: 2), .version),
        ("zero byte", [0], .version),
        ("FCGI_GET_VALUES", FastCGIRecord.make(type: 9, request: 0, content: [0, 0]), .management),
        ("parameters first", FastCGIRecord.make(type: 4), .unexpectedRecord),
        ("body first", FastCGIRecord.make(type: 5), .unexpectedRecord),
        ("unknown type", FastCGIRecord.make(type: 77), .unexpectedRecord),
        ("short begin", FastCGIRecord.make(type: 1, content: [0, 1, 0]), .begin),
        ("begin of request 0", FastCGIRecord.begin(request: 0), .management),
        ("authorizer", FastCGIRecord.begin(request: 7, role: 2), .role(request: 7)),
        ("filter", FastCGIRecord.begin(request: 7, role: 3), .role(request: 7)),
        ("role 0", FastCGIRecord.begin(role: 0), .role(request: 1)),
        ("begin twice", FastCGIRecord.begin() + FastCGIRecord.begin(), .unexpectedRecord),
        ("body before parameters end", FastCGIRecord.begin() + FastCGIRecord.make(type: 5), .unexpectedRecord),
        (
            "management inside",
            FastCGIRecord.begin() + FastCGIRecord.make(type: 9, request: 0, content: [0, 0]), .management
        ),
        (
            "parameters after the end",
            FastCGIRecord.begin() + FastCGIRecord.make(type: 4) + FastCGIRecord.make(type: 4), .unexpectedRecord
        ),
        (
            "data",
            FastCGIRecord.begin() + FastCGIRecord.make(type: 4) + FastCGIRecord.make(type: 8), .unexpectedRecord
        ),
        ("name cut", FastCGIRecord.begin() + FastCGIRecord.stream(type: 4, [3, 0, 65]), .parameters),
        ("value length missing", FastCGIRecord.begin() + FastCGIRecord.stream(type: 4, [3]), .parameters),
        ("length cut", FastCGIRecord.begin() + FastCGIRecord.stream(type: 4, [0x80, 0, 0]), .parameters),
        (
            "lengths of 2 GiB",
            FastCGIRecord.begin()
                + FastCGIRecord.stream(type: 4, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 65]),
            .parameters
        ),
    ])
    func refuses(_ name: String, _ bytes: [UInt8], _ refusal: RecordRefusal) {
        #expect(throws: refusal) { try Self.scan([bytes]) }
        #expect(throws: refusal) { try Self.scan(bytes.map { [$0] }) }
    }

    @Test func refusesASecondRequestOnTheConnectionAndGoesOn() throws {
        let foreign = FastCGIRecord.begin(request: 9) + FastCGIRecord.make(type: 4, request: 9, content: [1, 2, 3])
        let bytes = FastCGIRecord.begin() + foreign + FastCGIRecord.stream(type: 4, Self.pairs) + foreign
        var result = try Self.scan([bytes + FastCGIRecord.stream(type: 5, Self.body)])
        #expect(result.scanner.isComplete)
        #expect(!result.scanner.isPlain)
        #expect(result.parameters == Self.pairs)
        #expect(result.body == Self.body)
        let end = FastCGIRecord.make(type: 3, request: 9, content: [0, 0, 0, 0, 1, 0, 0, 0])
        #expect(result.scanner.takeAnswers() == end + end)
        #expect(result.scanner.takeAnswers().isEmpty)
    }

    @Test func endsWhenTheRequestIsAborted() throws {
        let begun = FastCGIRecord.begin() + FastCGIRecord.make(type: 4, content: [1, 0, 65])
        let result = try Self.scan([begun + FastCGIRecord.abort() + Self.request])
        #expect(result.scanner.isComplete)
        #expect(result.scanner.isAborted)
        #expect(result.used == begun.count + 8)
    }

    @Test func skipsAnAbortThatComesTooLate() throws {
        let result = try Self.scan([FastCGIRecord.abort(request: 3) + Self.request])
        #expect(result.scanner.isComplete)
        #expect(!result.scanner.isAborted)
        #expect(result.body == Self.body)
    }

    @Test func deliversNothingBeyondTheLimits() throws {
        var limits = ResponderLimits()
        limits.bodyBytes = Self.body.count - 1
        let long = try Self.scan([Self.request], limits: limits)
        #expect(long.scanner.isComplete)
        #expect(long.scanner.bodyExceedsLimit)
        #expect(!long.scanner.parametersExceedLimit)
        limits.bodyBytes = Self.body.count
        #expect(try !Self.scan([Self.request], limits: limits).scanner.bodyExceedsLimit)

        limits.parameterBytes = Self.pairs.count - 1
        let wide = try Self.scan([Self.request], limits: limits)
        #expect(wide.scanner.isComplete)
        #expect(wide.scanner.parametersExceedLimit)
        #expect(wide.body.isEmpty)
        limits.parameterBytes = Self.pairs.count
        #expect(try !Self.scan([Self.request], limits: limits).scanner.parametersExceedLimit)
    }

    @Test func refusesWhatIsTooLongToDiscard() {
        var limits = ResponderLimits()
        limits.bodyBytes = 10
        limits.discardedBytes = 100_000
        let bytes = FastCGIRecord.request(body: [UInt8](repeating: 1, count: 200_000))
        #expect(throws: RecordRefusal.tooLong) { try Self.scan([bytes], limits: limits) }
    }

    /// Any bytes at all: a refusal or a wait for more, never a trap, never a read beyond the piece.
    @Test func survivesRandomBytes() {
        var generator = SplitMix(state: 42)
        for _ in 0..<20_000 {
            var bytes = Self.request
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            guard let result = try? Self.scan([Array(bytes[..<cut]), Array(bytes[cut...])]) else { continue }
            #expect(result.used <= bytes.count)
        }
    }
}

/// Reproducible random numbers.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
