import Foundation
import Testing

@testable import Telemetry

@Suite(.timeLimit(.minutes(1))) struct FiguresDirectoryTests {
    private let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
    }

    /// A process that is certainly over, and whose id names nobody or somebody else.
    private let dead = ProcessIdentity(pid: ProcessIdentity.current.pid, startTicks: 1)

    private func directory(_ name: String, _ process: ProcessIdentity = .current) throws -> FiguresDirectory {
        try FiguresDirectory(path: self.folder.file("figures"), name: name, process: process)
    }

    private let json = Array("{\"depth\":1,\"text\":\"}\\n\"}".utf8)

    @Test func oneAnswersForAll() throws {
        try self.directory("a").write(json: self.json, prometheus: Array("# TYPE x gauge\nx 1\n".utf8))
        let other = try self.directory("b")
        try other.write(json: Array("{}".utf8), prometheus: Array("# TYPE x gauge\nx 2\n".utf8))
        let snapshots = other.readAll()
        #expect(snapshots.map(\.name) == ["a", "b"])
        #expect(snapshots.first?.json == self.json)
        #expect(snapshots.first?.process == .current)
        #expect(abs((snapshots.first?.writtenAt ?? 0) - Int64(Date().timeIntervalSince1970 * 1000)) < 60_000)
        let checker = ExpositionChecker(other.mergedPrometheusText(own: Array("# TYPE x gauge\nx 2\n".utf8)))
        #expect(checker.mistakes.isEmpty)
        #expect(checker.value("x", ["responder": "a"]) == 1)
        #expect(checker.value("x", ["responder": "b"]) == 2)
    }

    @Test func ownFiguresNeedNoDisk() throws {
        try self.directory("a").write(json: self.json, prometheus: Array("# TYPE x gauge\nx 1\n".utf8))
        let other = try self.directory("b")
        // What was written long ago, before the disk was full, is not what is said now.
        try other.write(json: self.json, prometheus: Array("# TYPE x gauge\nx 2\n".utf8))
        let checker = ExpositionChecker(other.mergedPrometheusText(own: Array("# TYPE x gauge\nx 3\n".utf8)))
        #expect(checker.mistakes.isEmpty)
        #expect(checker.value("x", ["responder": "b"]) == 3)
        #expect(checker.value("x", ["responder": "a"]) == 1)
        let own = other.readAll(own: (json: Array("{}".utf8), prometheus: []))
        #expect(own.map(\.name) == ["a", "b"] && own.last?.json == Array("{}".utf8))
    }

    @Test func figuresOfOthersHaveAnAgeAndAnEnd() throws {
        let one = try self.directory("a")
        let now = Clock.wallNanoseconds() / 1_000_000
        let text = Array("# TYPE x gauge\nx 1\n".utf8)
        for (age, isShown) in [(Int64(20_000), true), (90_000, false)] {
            for form in SnapshotFile.Form.allCases {
                try one.replace(form, SnapshotFile(process: .current, writtenAt: now - age, contents: text))
            }
            let checker = ExpositionChecker(try self.directory("b").mergedPrometheusText(own: text))
            #expect(checker.mistakes.isEmpty)
            #expect(checker.value("x", ["responder": "a"]) == (isShown ? 1 : nil))
            let shown = try #require(checker.value("hydra_gateway_figures_age_seconds", ["responder": "a"]))
            #expect((Double(age) / 1_000...Double(age) / 1_000 + 30).contains(shown))
            #expect(checker.value("hydra_gateway_figures_age_seconds", ["responder": "b"]) == 0)
        }
    }

    @Test func whatAllShareStandsOnce() throws {
        // The first one is of an older version, which has the shared figures in its own text.
        let old = "# TYPE depth gauge\ndepth{source=\"web\"} 6\n# TYPE x gauge\nx 1\n"
        try self.directory("a").write(json: self.json, prometheus: Array(old.utf8))
        let depth = MetricFamily("depth", help: "d", kind: .gauge, value: 6)
        let merged = try self.directory("b").mergedPrometheusText(own: [], common: [depth])
        let checker = ExpositionChecker(merged)
        #expect(checker.mistakes.isEmpty)
        #expect(checker.value("depth", [:]) == 6)
        #expect(String(decoding: merged, as: UTF8.self).split(separator: "\n").count { $0.hasPrefix("depth") } == 1)
        #expect(checker.value("x", ["responder": "a"]) == 1)
    }

    @Test func lookingMakesNothing() {
        let path = self.folder.file("nowhere")
        #expect(FiguresDirectory(lookingInto: path) == nil)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func liveFilesAreReadOfAllThatLive() throws {
        let one = try self.directory("a")
        try one.write(live: self.json)
        try self.directory("gone", self.dead).write(live: self.json)
        let other = try self.directory("b")
        #expect(other.readLive().map(\.name) == ["a"])
        #expect(other.readLive().first?.json == self.json)
        #expect(other.readAll().isEmpty, "a live file alone is no snapshot")
        one.remove()
        #expect(other.readLive().isEmpty)
    }

    @Test func somebodyWhoLooksIsSeenByAll() throws {
        let one = try self.directory("a")
        let other = try self.directory("b")
        #expect(!one.isWatched)
        other.markWatched()
        #expect(one.isWatched)
        // A mark of long ago, or of a clock that was ahead.
        for seconds in [-60.0, 60] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: seconds)],
                ofItemAtPath: self.folder.file("figures/.watched")
            )
            #expect(!one.isWatched)
        }
    }

    @Test func aSecretIsMadeOnceAndForItsUserAlone() throws {
        let path = try self.directory("a").path
        let secret = try #require(SharedSecret(directory: path))
        #expect(secret.value.count == SharedSecret.bytes)
        #expect(SharedSecret(directory: path)?.value == secret.value)
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/.secret")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [".secret", ".secret.lock"])
        #expect(SharedSecret(directory: path + "/nowhere") == nil)
    }

    /// As a loss of power, or a full disk, leaves it.
    @Test(arguments: [[], [1, 2, 3], Array(repeating: 7, count: 33)] as [[UInt8]])
    func aTornSecretIsMadeAnewForAll(content: [UInt8]) async throws {
        let path = try self.directory("a").path
        try Data(content).write(to: URL(filePath: path + "/.secret"))
        let secrets = await withTaskGroup(of: [UInt8]?.self) { group in
            for _ in 0..<8 { group.addTask { SharedSecret(directory: path)?.value } }
            return await group.reduce(into: Set<[UInt8]?>()) { $0.insert($1) }
        }
        // All responders have the same one.
        #expect(secrets.count == 1)
        #expect(secrets.first??.count == SharedSecret.bytes)
        #expect(try Data(contentsOf: URL(filePath: path + "/.secret")).map { $0 } == secrets.first)
    }

    @Test func bothFilesAreWhatTheirNamesSay() throws {
        try self.directory("a").write(json: self.json, prometheus: Array("# TYPE x gauge\nx 1\n".utf8))
        let data = try Data(contentsOf: URL(filePath: self.folder.file("figures/a.json")))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect((object["process"] as? [String: Any])?["pid"] as? Int == Int(ProcessIdentity.current.pid))
        #expect((object["figures"] as? [String: Any])?["depth"] as? Int == 1)
        #expect(try self.folder.text("figures/a.prom").hasPrefix("# process "))
    }

    @Test func whatADeadProcessLeftIsRemoved() throws {
        try self.directory("dead", self.dead).write(json: self.json, prometheus: [])
        let living = try self.directory("living")
        try living.write(json: self.json, prometheus: [])
        #expect(living.readAll().map(\.name) == ["living"])
        let names = try FileManager.default.contentsOfDirectory(atPath: self.folder.file("figures")).sorted()
        #expect(names == ["living.json", "living.prom"])
    }

    @Test func aRealProcessIsAliveUntilItEnds() throws {
        let child = Process()
        child.executableURL = URL(filePath: "/bin/cat")
        child.standardInput = Pipe()
        try child.run()
        let stat = try #require(ProcessStat(pid: child.processIdentifier))
        let identity = ProcessIdentity(pid: child.processIdentifier, startTicks: stat.startTicks)
        #expect(identity.isAlive)
        #expect(!ProcessIdentity(pid: identity.pid, startTicks: stat.startTicks + 1).isAlive)
        // SIGTERM would be blocked: the child inherits the mask of a test thread.
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        #expect(!identity.isAlive)
    }

    @Test func foreignAndBrokenFilesAreIgnored() throws {
        let directory = try self.directory("a")
        let files = [
            "other.json": "{}", "empty.json": "", "text.txt": "x", "no name.json": "{}",
            "cut.json": "{\"process\":{\"pid\":1,\"startTicks\":",
            "huge.json":
                "{\"process\":{\"pid\":99999999999999999999,\"startTicks\":1,\"writtenAt\":1},\"figures\":\n1}\n",
        ]
        for (name, text) in files {
            try text.write(toFile: self.folder.file("figures/\(name)"), atomically: false, encoding: .utf8)
        }
        #expect(directory.readAll().isEmpty)
        for name in files.keys {
            #expect(FileManager.default.fileExists(atPath: self.folder.file("figures/\(name)")))
        }
    }

    @Test func abandonedTemporaryFilesGo() throws {
        let directory = try self.directory("a")
        // The largest process id that Linux gives is below 2^22.
        for name in [".a.json.4194304", ".a.prom.4194304", ".a.json.\(getpid())", ".keep"] {
            try "x".write(toFile: self.folder.file("figures/\(name)"), atomically: false, encoding: .utf8)
        }
        _ = directory.readAll()
        let names = try FileManager.default.contentsOfDirectory(atPath: self.folder.file("figures")).sorted()
        #expect(names == [".a.json.\(getpid())", ".keep"])
    }

    @Test func readersSeeWholeSnapshotsOnly() async throws {
        let directory = try self.directory("a")
        let bodies = [
            Array("\"\(String(repeating: "a", count: 100_000))\"".utf8),
            Array("\"\(String(repeating: "b", count: 50_000))\"".utf8),
        ]
        try directory.write(json: bodies[0], prometheus: bodies[0])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<200 {
                    try directory.write(json: bodies[number % 2], prometheus: bodies[number % 2])
                }
            }
            group.addTask {
                for _ in 0..<200 {
                    let snapshot = try #require(directory.readAll().first)
                    #expect(bodies.contains(snapshot.json))
                    #expect(bodies.contains(snapshot.prometheus))
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func aRegularEndLeavesNothing() throws {
        let directory = try self.directory("a")
        try directory.write(json: self.json, prometheus: [])
        directory.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.folder.file("figures")).isEmpty)
    }

    @Test(arguments: ["", ".hidden", "a/b", "..", "a b", "é", String(repeating: "a", count: 65)])
    func namesThatAreNoFileNamesAreRefused(name: String) {
        let error = #expect(throws: FiguresError.self) { try self.directory(name) }
        #expect(error?.code == .badName)
    }

    @Test func aDirectoryThatCannotBeMadeIsAClearError() throws {
        let error = #expect(throws: FiguresError.self) {
            try FiguresDirectory(path: self.folder.file("missing/figures"), name: "a")
        }
        #expect(error?.code == .noDirectory)
        let directory = try self.directory("a")
        try FileManager.default.removeItem(atPath: self.folder.file("figures"))
        let write = #expect(throws: FiguresError.self) { try directory.write(json: [], prometheus: []) }
        #expect(write?.code == .notWritten)
        #expect(write?.message.contains("No such file") == true)
    }
}
