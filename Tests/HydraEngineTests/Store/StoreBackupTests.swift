import Foundation
import HydraEngine
import TestSupport
import Testing

@Suite struct StoreBackupTests {
    private let directory: TemporaryDirectory

    init() throws {
        self.directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: self.directory.path + "/data",
            withIntermediateDirectories: true
        )
    }

    @Test func aCopyIsWholeAndHasWhatWasThere() throws {
        let keys = try KeyStore(directory: self.directory.path + "/data")
        defer { keys.close() }
        _ = try keys.create(account: "default", name: "kept")
        let copy = self.directory.path + "/copy"
        #expect(try StoreBackup.run(directory: self.directory.path + "/data", to: copy) > 0)
        _ = try keys.create(account: "default", name: "later")
        #expect(try StoreCheck.run(directory: copy).mistakes.isEmpty)
        let restored = try KeyStore(directory: copy)
        defer { restored.close() }
        #expect(try restored.list().map(\.name) == ["kept"])
    }

    @Test func nothingIsOverwrittenAndNothingIsLeftByAFailure() throws {
        let data = self.directory.path + "/data"
        let keys = try KeyStore(directory: data)
        defer { keys.close() }
        #expect(throws: EngineError.self) { try StoreBackup.run(directory: data, to: data) }
        #expect(throws: EngineError.self) { try StoreBackup.run(directory: data, to: data + "/no/where") }
        #expect(throws: EngineError.self) {
            try StoreBackup.run(directory: self.directory.path + "/missing", to: self.directory.path + "/copy")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: self.directory.path)
        #expect(left == ["data"])
    }
}
