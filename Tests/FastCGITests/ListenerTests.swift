import FastCGI
import Glibc
import Logging
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ListenerTests {
    private static func make(
        _ listeners: [ListenAddress],
        _ options: ResponderOptions = ResponderOptions()
    ) throws -> Responder {
        try Responder(
            listeners: listeners,
            options: options,
            logger: LogRecorder().logger,
            handler: Fixture.echo
        )
    }

    private static func unix(_ path: String, mode: UInt16 = 0o660) -> ListenAddress {
        .unix(path: path, mode: mode, owner: nil, group: nil)
    }

    private static func status(_ path: String) -> stat {
        var status = stat()
        unsafe _ = lstat(path, &status)
        return status
    }

    @Test(arguments: [0o600, 0o660, 0o666, 0o622] as [UInt16]) func givesTheSocketItsMode(mode: UInt16) throws {
        let directory = try TemporaryDirectory()
        let responder = try Self.make([Self.unix(directory.file("s"), mode: mode)])
        #expect(Self.status(directory.file("s")).st_mode & 0o7777 == mode_t(mode))
        #expect(responder.addresses == ["unix:" + directory.file("s")])
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives files away")) func givesTheSocketItsOwnerAndGroup() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("s")
        let responder = try Self.make([.unix(path: path, mode: 0o660, owner: "daemon", group: "12")])
        #expect(Self.status(path).st_uid == 1)
        #expect(Self.status(path).st_gid == 12)
        responder.stop(within: .zero)
    }

    @Test func refusesUnknownOwners() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("s")
        #expect(throws: FastCGIError.unknownUser("no-such-user")) {
            try Self.make([.unix(path: path, mode: 0o660, owner: "no-such-user", group: nil)])
        }
        #expect(throws: FastCGIError.unknownGroup("no-such-group")) {
            try Self.make([.unix(path: path, mode: 0o660, owner: nil, group: "no-such-group")])
        }
        #expect(!exists(path))
    }

    @Test func replacesAStaleSocket() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("s")
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        // Bound, but nobody listens: as a killed process leaves it.
        #expect(Self.bind(descriptor, path) == 0)
        let responder = try Self.make([Self.unix(path)])
        try responder.start()
        #expect(try FastCGIClient("unix:" + path).exchange(FastCGIRecord.request()).status == 200)
        responder.stop(within: .seconds(5))
    }

    private static func bind(_ descriptor: Int32, _ path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    @Test func doesNotReplaceALiveSocket() throws {
        let fixture = try Fixture()
        let path = fixture.directory.file("s")
        #expect(throws: FastCGIError.addressInUse(address: "unix:" + path)) { try Self.make([Self.unix(path)]) }
        // Not even one that has not started to accept.
        let waiting = try Self.make([Self.unix(fixture.directory.file("t"))])
        #expect(throws: FastCGIError.addressInUse(address: "unix:" + fixture.directory.file("t"))) {
            try Self.make([Self.unix(fixture.directory.file("t"))])
        }
        waiting.stop(within: .zero)
        #expect(try fixture.connect().exchange(FastCGIRecord.request()).status == 200)
    }

    @Test func letsOneOfManyStartersWin() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("s")
        let results = (0..<8).map { _ in Promise<Responder?>() }
        let threads = results.map { result in
            Thread.start { result.fulfil(try? Self.make([Self.unix(path)])) }
        }
        for thread in threads { thread.join() }
        let winners = try results.compactMap { try $0.wait() }
        #expect(winners.count == 1)
        try winners.first?.start()
        #expect(try FastCGIClient("unix:" + path).exchange(FastCGIRecord.request()).status == 200)
        winners.first?.stop(within: .seconds(5))
    }

    @Test func leavesOtherFilesAlone() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("notes")
        let file = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
        close(file)
        #expect(throws: FastCGIError.notASocket(path: path)) { try Self.make([Self.unix(path)]) }
        #expect(exists(path))
    }

    @Test func explainsPathsThatCannotBe() throws {
        let directory = try TemporaryDirectory()
        let missing = directory.file("no/such/s")
        #expect(throws: FastCGIError.directoryMissing(path: missing)) { try Self.make([Self.unix(missing)]) }
        let long = directory.file(String(repeating: "x", count: 107))
        #expect(throws: FastCGIError.pathTooLong(path: long, longest: 107)) { try Self.make([Self.unix(long)]) }
        let fitting = directory.file(String(repeating: "x", count: 107 - directory.path.utf8.count - 1))
        #expect(fitting.utf8.count == 107)
        let responder = try Self.make([Self.unix(fitting)])
        #expect(responder.addresses == ["unix:" + fitting])
        #expect(throws: FastCGIError.noListeners) { try Self.make([]) }
    }

    @Test func closesTheFirstSocketIfTheSecondFails() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: FastCGIError.self) {
            try Self.make([Self.unix(directory.file("s")), Self.unix(directory.file("no/t"))])
        }
        #expect(!exists(directory.file("s")))
    }

    @Test(arguments: ["127.0.0.1", "localhost"]) func listensOnLoopback(host: String) throws {
        let responder = try Self.make([.tcp(host: host, port: 0)])
        try responder.start()
        let address = try #require(responder.addresses.first)
        #expect(!address.hasSuffix(":0"))
        if address.hasPrefix("127.") {
            let client = try FastCGIClient(address)
            for _ in 0..<3 { #expect(try client.exchange(FastCGIRecord.request(body: [1])).status == 200) }
            let port = try #require(UInt16(address.split(separator: ":").last ?? ""))
            #expect(throws: FastCGIError.addressInUse(address: "127.0.0.1:\(port)")) {
                try Self.make([.tcp(host: "127.0.0.1", port: port)])
            }
        }
        responder.stop(within: .seconds(5))
    }

    @Test(arguments: ["0.0.0.0", "*", "", "::"]) func refusesOtherAddressesUnlessAllowed(host: String) throws {
        var options = ResponderOptions()
        #expect { try Self.make([.tcp(host: host, port: 0)], options) } throws: { error in
            (error as? FastCGIError)?.code == "not_loopback"
        }
        options.allowNonLoopback = true
        #expect { try Self.make([.tcp(host: host, port: 0)], options) } throws: { error in
            (error as? FastCGIError)?.code == "peers_missing"
        }
        options.allowedAddresses = ["127.0.0.0/8"]
        let responder = try Self.make([.tcp(host: host, port: 0)], options)
        try responder.start()
        let port = try #require(responder.addresses.first?.split(separator: ":").last)
        #expect(try FastCGIClient("127.0.0.1:\(port)").exchange(FastCGIRecord.request()).status == 200)
        responder.stop(within: .seconds(5))
    }

    @Test func refusesAHostWithoutAddress() {
        #expect(throws: FastCGIError.unknownHost("no-such-host.invalid")) {
            try Self.make([.tcp(host: "no-such-host.invalid", port: 0)])
        }
    }

    @Test func refusesPeersThatAreNotAllowed() throws {
        var options = ResponderOptions()
        options.allowedUsers = [geteuid() + 1]
        options.allowedAddresses = ["192.0.2.0/24"]
        let directory = try TemporaryDirectory()
        let fixture = try Fixture(
            options,
            listeners: [Self.unix(directory.file("s")), .tcp(host: "127.0.0.1", port: 0)]
        )
        for address in fixture.responder.addresses { #expect(try FastCGIClient(address).isClosedByPeer()) }
        #expect(fixture.responder.figures.refusedPeers == 2)
        #expect(eventually { fixture.responder.figures.open == 0 })
        #expect(fixture.responder.figures.accepted == 0)
        #expect(fixture.log.all.contains { $0.metadata["fastcgi.peer"] == "user \(geteuid())" })
    }

    @Test(arguments: ["", "host", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "::1/129"])
    func refusesMalformedPeers(text: String) {
        var options = ResponderOptions()
        options.allowedAddresses = [text]
        #expect(throws: FastCGIError.malformedPeer(text)) { try Self.make([.tcp(host: "127.0.0.1", port: 0)], options) }
    }

    @Test func servesAnInheritedSocketAndLeavesIt() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("s")
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        #expect(Self.bind(descriptor, path) == 0)
        #expect(throws: FastCGIError.notListening(descriptor: descriptor)) {
            try Self.make([.inherited(descriptor: descriptor)])
        }
        #expect(listen(descriptor, 16) == 0)
        for _ in 0..<2 {
            let responder = try Self.make([.inherited(descriptor: descriptor)])
            #expect(responder.addresses == ["unix:" + path])
            try responder.start()
            #expect(try FastCGIClient("unix:" + path).exchange(FastCGIRecord.request()).status == 200)
            responder.stop(within: .seconds(5))
            #expect(exists(path))
            // Whoever shares it goes on: a connection is accepted by the kernel.
            _ = try FastCGIClient("unix:" + path)
        }
        #expect(throws: FastCGIError.notListening(descriptor: 999_999)) {
            try Self.make([.inherited(descriptor: 999_999)])
        }
    }

    @Test func explainsEveryError() {
        let errors: [FastCGIError] = [
            .addressInUse(address: "a"), .pathTooLong(path: "p", longest: 107), .notASocket(path: "p"),
            .directoryMissing(path: "p"), .permissionDenied(address: "a", operation: "bind"), .unknownUser("u"),
            .unknownGroup("g"), .unknownHost("h"), .notLoopback(address: "a"), .peersMissing(address: "a"),
            .malformedPeer("p"), .notListening(descriptor: 3), .noListeners, .alreadyStarted,
            .system(operation: "bind", address: "a", errno: EINVAL), .library(code: 1),
        ]
        #expect(Set(errors.map(\.code)).count == errors.count)
        for error in errors { #expect(error.description.hasSuffix(".")) }
    }
}
