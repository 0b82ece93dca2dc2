import Foundation
import JSON
import TestSupport
import Testing

/// The program itself, through FastCGI.
@Suite struct ServeTests {
    @Test func servesTheContractOverFastCGIAndStopsCleanly() throws {
        let program = try ServedProgram()
        let client = try FastCGIClient("unix:\(program.socket)")
        let call = TestCall.identify("m-1", user: "u", #"{"email":"secret@one.example"}"#)
        let taken = try client.exchange(program.request("POST", call.path, call.json))
        #expect(taken.status == 200)
        #expect(taken.header("X-Request-Id") == "trace-7")
        #expect(taken.text == #"{"messageId":"m-1","status":200,"code":"accepted"}"#)
        // The same connection, kept.
        let found = try client.exchange(program.request("GET", "/v1/persons?email=secret%40one.example"))
        #expect(found.text.contains(#""userId":"u""#))
        #expect(try program.send("GET", "/v1/nothing").status == 404)
        #expect(try program.send("POST", "/v1/track", "{").status == 400)
        let large = String(repeating: " ", count: (16 << 20) + 1)
        #expect(try program.send("POST", "/v1/batch", large).status == 413)

        #expect(program.end(SIGTERM) == 0)
        let lines = try program.lines()
        // Lines are written after the answers, by the threads that answered: their order is not the requests'.
        let line = try #require(lines.first { $0["labels.message_id"]?.string == "m-1" })
        #expect(line["event.action"]?.string == "hydra.call")
        #expect(line["trace.id"]?.string == "trace-7")
        #expect(line["event.outcome"]?.string == "success")
        #expect(line["labels.call_type"]?.string == "identify")
        #expect(line["http.response.status_code"]?.int64 == 200)
        let text = try String(contentsOfFile: program.log, encoding: .utf8)
        #expect(!text.contains("secret"))
        #expect(!text.contains(program.key))
        #expect(lines.last?["event.action"]?.string == "stop")
    }

    @Test func everyPathBesideTheAPIIsAPage() throws {
        let program = try ServedProgram()
        let home = try program.send("GET", "/")
        #expect(home.status == 303)
        #expect(home.header("Location") == "/sign-in")
        let form = try program.send("GET", "/sign-in")
        #expect(form.status == 200)
        #expect(form.header("Content-Type") == "text/html; charset=utf-8")
        #expect(form.header("Set-Cookie")?.hasPrefix("__Host-hydra-form=") == true)
        #expect(try program.send("GET", "/nothing").header("Content-Type") == "text/html; charset=utf-8")
        #expect(try program.send("GET", "/v1").header("Content-Type") == "application/json")
        #expect(program.end(SIGTERM) == 0)
        let lines = try program.lines()
        #expect(lines.contains { $0["labels.route"]?.string == "page_sign_in" })
    }

    @Test func whatWasAnsweredIsThereAfterAKill() throws {
        let first = try ServedProgram()
        for number in 0..<20 {
            let call = TestCall.track("m-\(number)", user: "u", at: number)
            #expect(try first.send("POST", call.path, call.json).status == 200)
        }
        _ = first.end(SIGKILL)
        let second = try ServedProgram(reopening: first.directory)
        let repeated = TestCall.track("m-19", user: "u", at: 19)
        #expect(try second.send("POST", repeated.path, repeated.json).text.contains("duplicate"))
        #expect(try Program.run("check", "--data", second.directory.path).output.contains("calls: 20"))
        #expect(second.end(SIGINT) == 0)
    }

    @Test func opensItsLogAgainAndSurvivesAHangUp() throws {
        let program = try ServedProgram()
        program.signal(SIGHUP)
        try program.wait("the answer to SIGHUP") {
            (try? String(contentsOfFile: program.log, encoding: .utf8).contains("nothing to reload")) == true
        }
        try FileManager.default.moveItem(atPath: program.log, toPath: program.log + ".1")
        program.signal(SIGUSR1)
        try program.wait("the new log") {
            FileManager.default.fileExists(atPath: program.log)
                && (try? program.send("GET", "/v1/persons").status) == 200
        }
        try program.wait("a line in the new log") {
            (try? String(contentsOfFile: program.log, encoding: .utf8).contains("hydra.request")) == true
        }
        #expect(program.end(SIGTERM) == 0)
    }

    @Test func aSocketOrDirectoryInUseIsSaidAtOnce() throws {
        let program = try ServedProgram()
        let other = try TemporaryDirectory()
        let socket = try Program.run("serve", "--data", other.path, "--listen", "unix:\(program.socket)")
        #expect(socket.status == 1)
        #expect(socket.errors.contains("in use"))
        let data = try Program.run("serve", "--data", program.directory.path, "--listen", "unix:\(other.file("s"))")
        #expect(data.status == 1)
        #expect(data.errors.contains("served by another hydra"))
        let missing = try Program.run("serve", "--data", other.file("none"), "--listen", "unix:\(other.file("s"))")
        #expect(missing.status == 1)
        #expect(missing.errors.contains("does not exist"))
        // It goes on serving.
        #expect(try program.send("GET", "/-/live").status == 200)
    }

    @Test(arguments: [
        ["serve", "--data", "/tmp"], ["serve", "--data", "/tmp", "--listen", "here"],
        ["serve", "--data", "/tmp", "--listen", "tcp:127.0.0.1"], ["serve", "--listen", "unix:/tmp/x"],
        ["serve", "--data", "/tmp", "--listen", "unix:/tmp/x", "--socket-mode", "9"],
        ["serve", "--data", "/tmp", "--listen", "unix:/tmp/x", "--workers", "0"],
        ["key", "revoke", "--data", "/tmp", "1", "--grace", "-1"],
    ])
    func wrongArgumentsAreAUsageError(arguments: [String]) throws {
        let process = Process()
        process.executableURL = Program.url
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
    }

    @Test func keysAreMadeListedAndRevoked() throws {
        let directory = try TemporaryDirectory()
        let made = try Program.run("key", "create", "--data", directory.path, "--name", "gateway")
        #expect(made.status == 0)
        let key = made.output.trimmingCharacters(in: .newlines)
        #expect(key.hasPrefix("hk_"))
        #expect(!made.errors.contains(key))
        let list = try Program.run("key", "list", "--data", directory.path).output
        #expect(list.contains("gateway") && !list.contains(key))
        #expect(try Program.run("key", "revoke", "--data", directory.path, "1").status == 0)
        #expect(try Program.run("key", "list", "--data", directory.path).output.contains("until"))
        let unknown = try Program.run("key", "revoke", "--data", directory.path, "7")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("no key 7"))
    }
}
