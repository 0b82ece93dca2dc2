import FastCGI
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct ResponderConcurrencyTests {
    @Test func answersAtOnceBesideTwoThousandIdleConnections() throws {
        let fixture = try Fixture()
        let idle = try (0..<2_000).map { _ in try fixture.connect() }
        for client in idle { #expect(try client.exchange(FastCGIRecord.request()).status == 200) }
        #expect(eventually { fixture.responder.figures.idle == 2_000 })
        var slowest = Duration.zero
        for _ in 0..<20 {
            let clock = ContinuousClock()
            let client = try fixture.connect()
            slowest = max(slowest, try clock.measure { _ = try client.exchange(FastCGIRecord.request()) })
        }
        #expect(slowest < .seconds(1))
        #expect(try idle[1_999].exchange(FastCGIRecord.request()).status == 200)
    }

    /// Half-sent requests hold connections, not workers.
    @Test func answersBesideSlowPeers() throws {
        let fixture = try Fixture()
        let slow = try (0..<100).map { _ in try fixture.connect() }
        for client in slow { try client.send(Array(FastCGIRecord.request().prefix(30))) }
        #expect(eventually { fixture.responder.figures.receiving == 100 })
        #expect(try fixture.connect().exchange(FastCGIRecord.request()).status == 200)
        for client in slow { try client.send(Array(FastCGIRecord.request().dropFirst(30))) }
        for client in slow { #expect(try client.answer().status == 200) }
    }

    @Test func answersBesideHandlersThatBlock() throws {
        let gate = Atomic<Bool>(false)
        let fixture = try Fixture { request, reply in
            if request["REQUEST_METHOD"] == "BLOCK" {
                while !gate.load(ordering: .acquiring) { usleep(500) }
            }
            Fixture.echo(request, reply)
        }
        defer { gate.store(true, ordering: .releasing) }
        let blocked = try (0..<3).map { _ in try fixture.connect() }
        for client in blocked {
            try client.send(FastCGIRecord.request([("REQUEST_METHOD", "BLOCK")]))
            #expect(try fixture.connect().exchange(FastCGIRecord.request()).status == 200)
        }
        gate.store(true, ordering: .releasing)
        for client in blocked { #expect(try client.answer().status == 200) }
    }

    /// What a service manager's watchdog asks: one free worker is enough, none is not.
    @Test func tellsWhetherAWorkerIsFree() throws {
        let gate = Atomic<Bool>(false)
        let held = Atomic<Int>(0)
        var options = ResponderOptions()
        options.workers = 2
        let fixture = try Fixture(options) { request, reply in
            if request["REQUEST_METHOD"] == "BLOCK" {
                held.add(1, ordering: .sequentiallyConsistent)
                while !gate.load(ordering: .acquiring) { usleep(500) }
            }
            Fixture.echo(request, reply)
        }
        defer { gate.store(true, ordering: .releasing) }
        #expect(fixture.responder.isResponsive(within: .seconds(20)))
        let first = try fixture.connect()
        try first.send(FastCGIRecord.request([("REQUEST_METHOD", "BLOCK")]))
        #expect(eventually { held.load(ordering: .sequentiallyConsistent) == 1 })
        for _ in 0..<5 { #expect(fixture.responder.isResponsive(within: .seconds(20))) }
        let second = try fixture.connect()
        try second.send(FastCGIRecord.request([("REQUEST_METHOD", "BLOCK")]))
        #expect(eventually { held.load(ordering: .sequentiallyConsistent) == 2 })
        #expect(!fixture.responder.isResponsive(within: .milliseconds(100)))
        gate.store(true, ordering: .releasing)
        #expect(fixture.responder.isResponsive(within: .seconds(20)))
        for client in [first, second] { #expect(try client.answer().status == 200) }
        fixture.responder.stop(within: .seconds(5))
        #expect(!fixture.responder.isResponsive(within: .seconds(20)))
    }

    /// Several threads, connections of both kinds, whole and split requests, answers at once and later.
    @Test func answersEveryRequestOnceUnderLoad() throws {
        let queue = Mutex<[(Request, Reply)]>([])
        let isDone = Atomic<Bool>(false)
        let fixture = try Fixture(
            listeners: [
                .unix(path: "/tmp/fcgi-load-\(getpid()).s", mode: 0o600, owner: nil, group: nil),
                .tcp(host: "127.0.0.1", port: 0),
            ]
        ) { request, reply in
            if request.body.count % 2 == 0 {
                Fixture.echo(request, reply)
            } else {
                queue.withLock { $0.append((request, reply)) }
            }
        }
        let answerer = Thread.start {
            while !isDone.load(ordering: .acquiring) {
                for (request, reply) in queue.withLock({ exchange(&$0, with: []) }) { Fixture.echo(request, reply) }
                usleep(100)
            }
        }
        let failures = Atomic<Int>(0)
        let threads = (0..<8).map { number in
            Thread.start {
                do {
                    for round in 0..<20 {
                        let client = try FastCGIClient(fixture.responder.addresses[number % 2])
                        for count in [0, 1, 700, 701, 20_001, 90_000] {
                            let body = [UInt8](repeating: UInt8(number), count: count + round)
                            let request = FastCGIRecord.request(id: UInt16(number + 1), body: body)
                            let cut = (number * 7 + round * 13) % request.count
                            try client.send(Array(request[..<cut]))
                            try client.send(Array(request[cut...]))
                            let answer = try client.answer()
                            if answer.text != Fixture.echoed(body) || answer.request != UInt16(number + 1) {
                                failures.add(1, ordering: .relaxed)
                            }
                        }
                    }
                } catch {
                    failures.add(1, ordering: .relaxed)
                }
            }
        }
        for thread in threads { thread.join() }
        isDone.store(true, ordering: .releasing)
        answerer.join()
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(fixture.responder.figures.requests == 8 * 20 * 6)
        #expect(fixture.responder.figures.answers == 8 * 20 * 6)
        #expect(eventually { fixture.responder.figures.open == 0 })
    }

    @Test func holdsNewConnectionsBackAtTheLimit() throws {
        var options = ResponderOptions()
        options.limits.connections = 3
        let replies = Mutex<[Reply]>([])
        let fixture = try Fixture(options) { request, reply in
            if request["REQUEST_METHOD"] == "HOLD" {
                replies.withLock { $0.append(reply) }
            } else {
                Fixture.echo(request, reply)
            }
        }
        let busy = try (0..<3).map { _ in try fixture.connect() }
        for client in busy { try client.send(FastCGIRecord.request(keep: false, [("REQUEST_METHOD", "HOLD")])) }
        #expect(eventually { fixture.responder.figures.active == 3 })
        let waiting = try fixture.connect()
        try waiting.send(FastCGIRecord.request())
        #expect(eventually { fixture.responder.figures.acceptPauses > 0 })
        #expect(fixture.responder.figures.open == 3)
        for reply in replies.withLock({ exchange(&$0, with: []) }) { reply.send(Response(status: 200)) }
        for client in busy { #expect(try client.answer().status == 200) }
        #expect(try waiting.answer().status == 200)
    }

    /// Idle connections make room: their front server opens another when it needs one.
    @Test func givesIdleConnectionsUpAtTheLimit() throws {
        var options = ResponderOptions()
        options.limits.connections = 3
        let fixture = try Fixture(options)
        let idle = try (0..<3).map { _ in try fixture.connect() }
        for client in idle { #expect(try client.exchange(FastCGIRecord.request()).status == 200) }
        #expect(try fixture.connect().exchange(FastCGIRecord.request()).status == 200)
        for client in idle { #expect(try client.isClosedByPeer()) }
    }

    /// Nobody waits for ever: a front server that is turned away asks another responder.
    @Test func turnsConnectionsAwayWhenTheLimitLasts() throws {
        var options = ResponderOptions()
        options.limits.connections = 1
        let replies = Mutex<[Reply]>([])
        let fixture = try Fixture(options) { _, reply in replies.withLock { $0.append(reply) } }
        let busy = try fixture.connect()
        try busy.send(FastCGIRecord.request())
        #expect(eventually { fixture.responder.figures.active == 1 })
        #expect(try fixture.connect().isClosedByPeer())
        #expect(fixture.responder.figures.turnedAway == 1)
        for reply in replies.withLock({ exchange(&$0, with: []) }) { reply.send(Response(status: 200)) }
        #expect(try busy.answer().status == 200)
    }
}

/// A thread of the test's own: blocking clients must not occupy those of Swift concurrency.
struct Thread {
    private let done: Promise<Bool>

    static func start(_ body: @escaping @Sendable () -> Void) -> Thread {
        let done = Promise<Bool>()
        let box = unsafe Unmanaged.passRetained(
            Box {
                body()
                done.fulfil(true)
            }
        )
        var handle = pthread_t()
        unsafe pthread_create(
            &handle,
            nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            },
            box.toOpaque()
        )
        pthread_detach(handle)
        return Thread(done: done)
    }

    func join() {
        while (try? self.done.wait()) == nil {}
    }

    private final class Box {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }
}
