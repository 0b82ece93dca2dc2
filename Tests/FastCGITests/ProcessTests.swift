import FastCGI
import Glibc
import Synchronization
import TestSupport
import Testing

/// What concerns the whole process is tried in one of its own.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ProcessTests {
    @Test func goesOnWhenDescriptorsRunOut() async {
        await #expect(processExitsWith: .success) {
            let replies = Mutex<[Reply]>([])
            let fixture = try Fixture { request, reply in
                if request["REQUEST_METHOD"] == "HOLD" {
                    replies.withLock { $0.append(reply) }
                } else {
                    Fixture.echo(request, reply)
                }
            }
            let busy = try (0..<10).map { _ in try fixture.connect() }
            for client in busy { try client.send(FastCGIRecord.request([("REQUEST_METHOD", "HOLD")])) }
            try #require(eventually { fixture.responder.figures.active == 10 })
            var limit = rlimit(rlim_cur: 200, rlim_max: 200)
            try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            var filling: [Int32] = []
            while case let descriptor = dup(0), descriptor >= 0 { filling.append(descriptor) }
            try #require(filling.count > 10)

            // One descriptor for this end of a connection, none for the other.
            close(filling.removeLast())
            let before = clock()
            let waiting = try fixture.connect()
            // Nobody is kept waiting for ever, and nothing spins meanwhile.
            try #require(try waiting.isClosedByPeer())
            try #require(clock() - before < 300_000)
            try #require(fixture.responder.figures.turnedAway == 1)
            try #require(fixture.responder.figures.acceptPauses > 1)

            // When there is room again, accepting goes on by itself; who comes in the same moment may be turned away.
            for descriptor in filling { close(descriptor) }
            try #require(eventually { (try? fixture.connect().exchange(FastCGIRecord.request()).status) == 200 })
            for reply in replies.withLock({ exchange(&$0, with: []) }) { reply.send(Response(status: 200)) }
            for client in busy { try #require(try client.answer().status == 200) }
            fixture.responder.stop(within: .seconds(5))
        }
    }

    @Test func findsSystemdsSockets() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let first = try Fixture.listeningSocket(directory.file("a"))
            let second = try Fixture.listeningSocket(directory.file("b"))
            try #require(dup2(first, 3) == 3 && dup2(second, 5) == 5)
            let other = unsafe open("/dev/null", O_RDONLY)
            try #require(dup2(other, 4) == 4)
            unsafe setenv("LISTEN_FDS", "3", 1)
            unsafe setenv("LISTEN_PID", "1", 1)
            try #require(Responder.inheritedDescriptors() != [3, 5])
            unsafe setenv("LISTEN_PID", "\(getpid())", 1)
            try #require(Responder.inheritedDescriptors() == [3, 5])
            for count in ["0", "-1", "99999999", "x", ""] {
                unsafe setenv("LISTEN_FDS", count, 1)
                try #require(Responder.inheritedDescriptors().isEmpty)
            }
            unsafe unsetenv("LISTEN_PID")
            try #require(dup2(first, 0) == 0)
            try #require(Responder.inheritedDescriptors() == [0])
        }
    }

    @Test func leavesSignalHandlersAlone() async {
        await #expect(processExitsWith: .success) {
            _ = signal(SIGUSR1, SIG_IGN)
            Responder.prepareProcess()
            for (number, isIgnored) in [(SIGTERM, false), (SIGUSR1, true), (SIGPIPE, true)] {
                var action = sigaction()
                _ = unsafe sigaction(number, nil, &action)
                let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
                try #require(handler == (isIgnored ? 1 : 0))
            }
        }
    }

    @Test func raisesTheLimitOfDescriptors() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit()
            try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            limit.rlim_cur = min(limit.rlim_max, 256)
            try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            Responder.prepareProcess()
            try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            try #require(limit.rlim_cur == min(limit.rlim_max, 65_536))
        }
    }
}

extension Fixture {
    static func listeningSocket(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, listen(descriptor, 16) == 0 else { throw TestError("listening failed: errno \(errno)") }
        return descriptor
    }
}
