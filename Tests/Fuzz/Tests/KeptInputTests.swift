import Foundation
import FuzzTargets
import Testing

/// Every input that is kept, fed to its target: the seeds, and what has failed once.
struct KeptInputTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// The inputs of a target below `seeds` or `failures`, by name.
    private static func inputs(_ kind: String, of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let directory = Self.directory.appending(path: kind).appending(path: target.name)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        return try names.sorted().map { name in
            (name, Array(try Data(contentsOf: directory.appending(path: name))))
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func everySeedHolds(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let inputs = try Self.inputs("seeds", of: target)
        #expect(inputs.count > 2)
        for input in inputs {
            #expect(throws: Never.self, "\(name)/\(input.name)") { try target.run(input.bytes) }
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func whatFailedOnceHolds(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        guard FileManager.default.fileExists(atPath: Self.directory.appending(path: "failures/\(name)").path) else {
            return
        }
        for input in try Self.inputs("failures", of: target) {
            #expect(throws: Never.self, "\(name)/\(input.name)") { try target.run(input.bytes) }
        }
    }

    /// The directories are those of targets: an input in any other would never be run.
    @Test func noInputIsForgotten() throws {
        let names = Set(FuzzTarget.all.map(\.name))
        for kind in ["seeds", "failures"] {
            let directory = Self.directory.appending(path: kind)
            for entry in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
                #expect(names.contains(entry) || entry == "README.md", "\(kind)/\(entry)")
            }
        }
    }
}
