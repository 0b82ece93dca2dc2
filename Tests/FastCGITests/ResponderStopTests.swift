import FastCGI
import Glibc
import Logging
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ResponderStopTests {
    @Test func answersWhatIsInFlight() throws {
        let replies = Mutex<[Reply]>([])
        let fixture = try Fixture { _, reply in replies.withLock { $0.append(reply) } }
        let client = try fixture.connect()
        let idle = try fixture.connect()
        let half = try fixture.connect()
        let request = FastCGIRecord.request()
        try client.send(request)
        try half.send(Array(request.prefix(30)))
        #expect(eventually { fixture.responder.figures.active == 1 && fixture.responder.figures.receiving == 1 })
        let path = fixture.directory.file("s")

        let stopped = Thread.start { fixture.responder.stop(within: .seconds(20)) }
        // Idle ones are closed and nobody can connect, but what has begun goes on.
        #expect(try idle.isClosedByPeer())
        #expect(throws: (any Error).self) { try FastCGIClient("unix:" + path) }
        try half.send(Array(request.dropFirst(30)))
        #expect(eventually { fixture.responder.figures.active == 2 })
        for reply in replies.withLock({ exchange(&$0, with: []) }) { reply.send(Response(status: 200)) }
        #expect(try client.answer().status == 200)
        #expect(try half.answer().status == 200)
        stopped.join()
        #expect(try client.isClosedByPeer())
        #expect(fixture.responder.figures.open == 0)
        #expect(!exists(path))
    }

    @Test func cutsOffWhatIsLeftAfterTheDeadline() throws {
        let replies = Mutex<[Reply]>([])
        let fixture = try Fixture { _, reply in replies.withLock { $0.append(reply) } }
        let client = try fixture.connect()
        let half = try fixture.connect()
        try client.send(FastCGIRecord.request())
        try half.send([1])
        #expect(eventually { fixture.responder.figures.active == 1 && fixture.responder.figures.receiving == 1 })
        fixture.responder.stop(within: .milliseconds(50))
        #expect(try client.isClosedByPeer())
        #expect(try half.isClosedByPeer())
        // A reply that comes too late is harmless.
        for reply in replies.withLock({ exchange(&$0, with: []) }) {
            reply.send(Response(status: 200, body: [UInt8](repeating: 1, count: 1 << 20)))
        }
        #expect(fixture.responder.figures.open == 0)
        #expect(fixture.responder.figures.brokenAnswers == 1)
    }

    @Test func cutsOffALongAnswerAfterTheDeadline() throws {
        let fixture = try Fixture { _, reply in
            reply.send(Response(status: 200, body: [UInt8](repeating: 1, count: 4 << 20)))
        }
        let client = try fixture.connect()
        try client.send(FastCGIRecord.request())
        #expect(eventually { fixture.responder.figures.slowAnswers == 1 })
        fixture.responder.stop(within: .milliseconds(50))
        #expect(fixture.responder.figures.open == 0)
        #expect(throws: (any Error).self) { try client.answer() }
    }

    /// A request that was sent before the responder stopped is served, even if nobody had looked at it.
    @Test func servesWhatTheKernelHolds() throws {
        for _ in 0..<30 {
            let fixture = try Fixture()
            let kept = try fixture.connect()
            #expect(try kept.exchange(FastCGIRecord.request()).status == 200)
            let fresh = try fixture.connect()
            try kept.send(FastCGIRecord.request())
            try fresh.send(FastCGIRecord.request())
            fixture.responder.stop(within: .seconds(10))
            #expect(try kept.answer().status == 200)
            #expect(try fresh.answer().status == 200)
            #expect(try kept.isClosedByPeer())
            #expect(try fresh.isClosedByPeer())
        }
    }

    @Test func stopsMoreThanOnceAndWithoutStart() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("s")
        let responder = try Responder(
            listeners: [.unix(path: path, mode: 0o600, owner: nil, group: nil)],
            options: ResponderOptions(),
            logger: LogRecorder().logger,
            handler: Fixture.echo
        )
        #expect(exists(path))
        responder.stop(within: .seconds(1))
        responder.stop(within: .seconds(1))
        #expect(!exists(path))
        #expect(throws: FastCGIError.alreadyStarted) { try responder.start() }

        let fixture = try Fixture()
        #expect(throws: FastCGIError.alreadyStarted) { try fixture.responder.start() }
        let threads = (0..<4).map { _ in Thread.start { fixture.responder.stop(within: .seconds(1)) } }
        for thread in threads { thread.join() }
        #expect(fixture.responder.figures.open == 0)
    }

    @Test func leavesTheSocketOfASuccessor() throws {
        let fixture = try Fixture()
        let path = fixture.directory.file("s")
        unsafe _ = unlink(path)
        let successor = try Responder(
            listeners: [.unix(path: path, mode: 0o600, owner: nil, group: nil)],
            options: ResponderOptions(),
            logger: LogRecorder().logger,
            handler: Fixture.echo
        )
        try successor.start()
        fixture.responder.stop(within: .seconds(5))
        #expect(try FastCGIClient("unix:" + path).exchange(FastCGIRecord.request()).status == 200)
        successor.stop(within: .seconds(5))
        #expect(!exists(path))
    }
}
