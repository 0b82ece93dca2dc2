import Glibc
import Synchronization
import Telemetry
import TestSupport
import Testing

struct ServiceManagerTests {
    @Test func nobodyWaitsWithoutASocket() {
        #expect(ServiceManager { _ in nil } == nil)
        #expect(ServiceManager { _ in "" } == nil)
        #expect(ServiceManager { _ in "/" + String(repeating: "x", count: 200) } == nil)
    }

    @Test func saysWhatHappens() throws {
        let mailbox = try Mailbox()
        let manager = try #require(ServiceManager(environment: mailbox.environment()))
        #expect(manager.ready(status: "serving"))
        #expect(try mailbox.next() == "READY=1\nSTATUS=serving")
        #expect(manager.alive())
        #expect(try mailbox.next() == "WATCHDOG=1")
        #expect(manager.stopping())
        #expect(try mailbox.next().hasPrefix("STOPPING=1\n"))
    }

    @Test func knowsTheAbstractNameSpace() throws {
        let name = "hydra-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let mailbox = try Mailbox(abstract: name)
        let manager = try #require(ServiceManager(environment: mailbox.environment()))
        #expect(manager.ready(status: "s"))
        #expect(try mailbox.next() == "READY=1\nSTATUS=s")
    }

    @Test func theEndOfTheManagerIsNotOurs() throws {
        let manager: ServiceManager
        do {
            let mailbox = try Mailbox()
            manager = try #require(ServiceManager(environment: mailbox.environment()))
        }
        #expect(!manager.ready(status: "s"))
        #expect(!manager.alive())
    }

    @Test(
        arguments: [
            (["WATCHDOG_USEC": "30000000"], 30_000_000_000),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"], 30_000_000_000),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"], nil),
            (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "soon"], nil),
            (["WATCHDOG_USEC": "18446744073709551615"], nil),
            ([:], nil),
        ] as [([String: String], UInt64?)]
    )
    func knowsHowOftenASignIsWanted(_ variables: [String: String], _ expected: UInt64?) throws {
        let mailbox = try Mailbox()
        let manager = try #require(ServiceManager(environment: mailbox.environment(variables)))
        #expect(manager.watchdogNanoseconds == expected)
    }

    @Test func aSignComesForAsLongAsSomebodyAnswers() throws {
        let mailbox = try Mailbox()
        let manager = try #require(ServiceManager(environment: mailbox.environment(["WATCHDOG_USEC": "30000"])))
        let answers = Answers()
        let watchdog = try #require(
            Watchdog(manager) { time in
                #expect(time == .milliseconds(10))
                return answers.next()
            }
        )
        defer { watchdog.stop() }
        for _ in 0..<3 { #expect(try mailbox.next() == "WATCHDOG=1") }
        answers.isAlive.store(false, ordering: .sequentiallyConsistent)
        // What was sent before the answer changed is taken; after ten more questions there is none.
        answers.waitForMore(2)
        mailbox.drain()
        answers.waitForMore(10)
        #expect(mailbox.isEmpty)
        answers.isAlive.store(true, ordering: .sequentiallyConsistent)
        #expect(try mailbox.next() == "WATCHDOG=1")
    }

    @Test func noSignIsGivenWhereNoneIsWanted() throws {
        let mailbox = try Mailbox()
        let manager = try #require(ServiceManager(environment: mailbox.environment()))
        #expect(Watchdog(manager) { _ in true } == nil)
    }
}

/// What a watchdog is told.
private final class Answers: Sendable {
    let isAlive = Atomic(true)
    private let asked = Atomic(0)

    /// Returns when it was asked so many times more.
    func waitForMore(_ count: Int) {
        let goal = self.asked.load(ordering: .sequentiallyConsistent) + count
        while self.asked.load(ordering: .sequentiallyConsistent) < goal { usleep(1_000) }
    }

    func next() -> Bool {
        self.asked.add(1, ordering: .sequentiallyConsistent)
        return self.isAlive.load(ordering: .sequentiallyConsistent)
    }
}

/// The manager's end: a socket that messages come to.
private final class Mailbox: Sendable {
    private let directory: TemporaryDirectory
    private let descriptor: Int32
    private let name: String

    init(abstract: String? = nil) throws {
        self.directory = try TemporaryDirectory()
        self.name = abstract.map { "@" + $0 } ?? self.directory.file("notify")
        self.descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = abstract.map { [0] + Array($0.utf8) } ?? Array(self.name.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count + (abstract == nil ? 1 : 0))
        let result = unsafe withUnsafePointer(to: &address) { [descriptor] pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
        }
        guard result == 0 else { throw TestError("bind failed: errno \(errno)") }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(
            self.descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
    }

    deinit {
        close(self.descriptor)
    }

    func environment(_ more: [String: String] = [:]) -> (String) -> String? {
        let name = self.name
        return { $0 == "NOTIFY_SOCKET" ? name : more[$0] }
    }

    func next() throws -> String {
        try self.take(0).map { String(decoding: $0, as: UTF8.self) } ?? { throw TestError("no message came") }()
    }

    var isEmpty: Bool { self.take(Int32(MSG_DONTWAIT)) == nil }

    func drain() {
        while !self.isEmpty {}
    }

    private func take(_ flags: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe recv(self.descriptor, &bytes, bytes.count, flags)
        return count > 0 ? Array(bytes[..<count]) : nil
    }
}
