import Foundation
import TestSupport

/// The built program `hydra`.
enum Program {
    static var url: URL {
        // The test bundle lies beside the programs.
        Bundle.main.executableURL.map { URL(fileURLWithPath: $0.path).deletingLastPathComponent() }
            .map { $0.appendingPathComponent("hydra") } ?? URL(fileURLWithPath: "hydra")
    }

    /// Runs a command to its end.
    static func run(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.executableURL = self.url
        process.arguments = arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let outputText = try output.fileHandleForReading.readToEnd() ?? Data()
        let errorText = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: outputText, as: UTF8.self),
            String(decoding: errorText, as: UTF8.self)
        )
    }
}
