import Foundation
import TestSupport
import Testing

/// `hydra password`.
@Suite struct PasswordCommandTests {
    @Test func theFirstPasswordIsPrintedOnceAndThenOnlyReplaced() throws {
        let directory = try TemporaryDirectory()
        let first = try Program.run("password", "--data", directory.path)
        #expect(first.status == 0)
        #expect(first.output.wholeMatch(of: /(?:[0-9a-z]{4}-){5}[0-9a-z]{4}\n/) != nil)
        #expect(!first.errors.contains(first.output.trimmingCharacters(in: .newlines)))

        let again = try Program.run("password", "--data", directory.path)
        #expect(again.status == 1)
        #expect(again.output.isEmpty)
        #expect(again.errors.contains("--new"))

        let new = try Program.run("password", "--data", directory.path, "--new")
        #expect(new.status == 0)
        #expect(new.output != first.output)
        #expect(try Program.run("password", "--data", directory.path, "--new", "--set").status == 64)
    }

    @Test func aDirectoryThatIsNotThereIsNamed() throws {
        let result = try Program.run("password", "--data", "/nowhere/at/all")
        #expect(result.status == 1)
        #expect(result.errors.contains("/nowhere/at/all"))
    }

    /// A file that is missing is a mistake; one that is there counts only while there is no password.
    @Test func theFirstPasswordCanComeFromAFile() throws {
        let directory = try TemporaryDirectory()
        let missing = try Program.run(
            "serve",
            "--data",
            directory.path,
            "--listen",
            "unix:\(directory.file("h.sock"))",
            "--admin-password-file",
            directory.file("none"),
            "--log",
            directory.file("log")
        )
        #expect(missing.status == 78)
        #expect(missing.errors.contains("none cannot be read"))
        try "short\n".write(toFile: directory.file("password"), atomically: true, encoding: .utf8)
        let short = try Program.run(
            "serve",
            "--data",
            directory.path,
            "--listen",
            "unix:\(directory.file("h.sock"))",
            "--admin-password-file",
            directory.file("password"),
            "--log",
            directory.file("log")
        )
        #expect(short.status == 78)
        #expect(short.errors.contains("12 to 1000 characters"))
        #expect(!short.errors.contains("short\n"))
    }
}
