import Foundation
import Spool
import TestSupport
import Testing

@testable import Gateway

@Suite struct SpoolCommandTests {
    @Test func aMistakenDirectoryIsAnErrorAndMakesNothing() throws {
        let directory = try TemporaryDirectory()
        for (path, isThere) in [(directory.file("nowhere"), false), (directory.path, true)] {
            var configuration = GatewayConfiguration()
            configuration.spool.directory = path
            let command = SpoolCommand(configuration)
            let commands: [() throws -> Void] = [
                { _ = try command.status() },
                { _ = try command.deadLetters(source: nil, after: 0, limit: 1) },
                { _ = try command.deadLetter(id: 1) },
                { _ = try command.replay(.all) },
                { _ = try command.drop(.all) },
            ]
            for run in commands {
                let error = #expect(throws: GatewayStartError.self) { try run() }
                #expect(error?.message.contains("there is no spool in \(path)") == true)
            }
            #expect(FileManager.default.fileExists(atPath: path) == isThere)
            #expect(try !isThere || FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
        }
    }
}
