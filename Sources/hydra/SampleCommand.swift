import ArgumentParser
import Dispatch
import Foundation
import HydraSample
import Synchronization
import Telemetry

/// `hydra sample`.
struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Send a believable history through a gateway, to have something to look at.",
        discussion: """
            Makes persons, companies and what they did over the last days, and sends it as an SDK does: batches to the \
            gateway's /v1/batch. The same seed on the same day sends the same events again, which changes nothing. A \
            product usage scanner is made where there is none. The defaults are those of nginx/up.

            Example:
              nginx/up --detach && hydra sample --persons 2000 --days 90
            """
    )

    @Option(name: .long, help: "Persons, 1 to 100000.")
    var persons: Int = 2000

    @Option(name: .long, help: "Days up to now, 1 to 730.")
    var days: Int = 90

    @Option(name: .long, help: "Another seed makes other people.")
    var seed: UInt64 = 1

    @Option(
        name: .long,
        help: ArgumentHelp("The directory of nginx/up, for its certificate and key.", valueName: "dir")
    )
    var state: String = ".run"

    @Option(name: .long, help: ArgumentHelp("The gateway.", valueName: "url"))
    var gateway: String = "https://127.0.0.1:8443"

    @Option(name: .long, help: "The write key of a source of the gateway.")
    var writeKey: String = "demo-write-key"

    @Option(name: .long, help: ArgumentHelp("The Hydra behind it.", valueName: "url"))
    var hydra: String = "https://127.0.0.1:8444"

    @Option(
        name: .long,
        help: ArgumentHelp("A file with Hydra's API key. Default: STATE/hydra-api-key.", valueName: "file")
    )
    var apiKeyFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A certificate to trust. Default: STATE/tls/certificate.pem if it is there.",
            valueName: "file"
        )
    )
    var cacert: String?

    func validate() throws {
        guard SampleOptions.personRange.contains(self.persons) else {
            throw ValidationError("--persons must be from 1 to \(SampleOptions.personRange.upperBound)")
        }
        guard SampleOptions.dayRange.contains(self.days) else {
            throw ValidationError("--days must be from 1 to \(SampleOptions.dayRange.upperBound)")
        }
    }

    /// Waits on this thread for the tasks that send: the root of the commands stays synchronous, since `serve` handles
    /// signals on the main thread.
    func run() throws {
        let outcome = Mutex<(any Error)?>(nil)
        let ended = DispatchSemaphore(value: 0)
        let command = self
        Task {
            do {
                try await command.send()
            } catch {
                outcome.withLock { $0 = error }
            }
            ended.signal()
        }
        ended.wait()
        if let error = outcome.withLock({ $0 }) { throw Failure.exit("hydra sample", error) }
    }

    private func send() async throws {
        let keyFile = self.apiKeyFile ?? self.state + "/hydra-api-key"
        let key: String
        do {
            key = try String(contentsOfFile: keyFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            throw ValidationError("\(keyFile) cannot be read: give --state or --api-key-file")
        }
        let standard = self.state + "/tls/certificate.pem"
        let certificate = self.cacert ?? (FileManager.default.fileExists(atPath: standard) ? standard : nil)
        let hydra = try SampleHydra(url: self.hydra, key: key, certificate: certificate)
        do {
            try await self.send(to: hydra, certificate: certificate, keyFile: keyFile)
        } catch {
            await hydra.shutdown()
            throw error
        }
        await hydra.shutdown()
    }

    private func send(to hydra: SampleHydra, certificate: String?, keyFile: String) async throws {
        if try await hydra.makeUsageScanner() { Self.say("made a product usage scanner") }
        let before = try await hydra.takenCalls()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let options = SampleOptions(persons: self.persons, days: self.days, seed: self.seed, now: now)
        let world = SampleWorld(options)
        let progress = ProgressLine(days: self.days)
        let sender = try SampleSender(
            world: world,
            target: SampleTarget(gateway: self.gateway, writeKey: self.writeKey, certificate: certificate)
        ) { progress.show($0) }
        let sent = try await sender.run()
        progress.end()
        Self.say(
            "the gateway has \(sent.tracks) tracked events and \(sent.identifies) identifies of \(self.persons) persons"
        )
        try await self.waitForDelivery(hydra, before: before, sent: sent.events)
        try await self.showWhatToDo(hydra, world, certificate, keyFile)
    }

    /// Until Hydra has as many more as were sent, or nothing has come for a while: then it had them from an earlier time.
    private func waitForDelivery(_ hydra: SampleHydra, before: Int64, sent: Int) async throws {
        var last = before
        var quiet = 0
        Self.say("Hydra takes them in now; look already: \(self.hydra)/")
        let progress = ProgressLine(days: self.days)
        defer { progress.end() }
        while last - before < Int64(sent), quiet < 20 {
            try await Task.sleep(for: .milliseconds(500))
            let taken = try await hydra.takenCalls()
            quiet = taken == last ? quiet + 1 : 0
            last = taken
            progress.show("Hydra has \(last - before) of \(sent)")
        }
        progress.end()
        Self.say(
            "Hydra has taken \(last - before) of them\(last - before < Int64(sent) ? "; the others it knew, or they are still on their way (hydra-gateway status)" : "")"
        )
    }

    private func showWhatToDo(
        _ hydra: SampleHydra,
        _ world: SampleWorld,
        _ certificate: String?,
        _ keyFile: String
    ) async throws {
        print("pages, for people (the password of the administrator is in \(self.state)/hydra-admin-password):")
        for page in ["persons", "companies", "insights"] { print("  \(self.hydra)/\(page)") }
        let curl = "curl -s \(certificate.map { "--cacert \($0) " } ?? "")-u \"$(cat \(keyFile)):\""
        for (isPowerUser, what) in [(false, "somebody"), (true, "a power user")] {
            guard let user = world.example(isPowerUser: isPowerUser),
                let person = try await hydra.personID(userId: user)
            else {
                continue
            }
            let id = TerminalText.line(person)
            print("\(what), with role, persona, company and data points, and what is used most:")
            print("  \(curl) \(self.hydra)/v1/persons/\(id)")
            print("  \(curl) '\(self.hydra)/v1/persons/\(id)/features?days=30'")
            print("  \(curl) '\(self.hydra)/v1/persons/\(id)/usage?days=30&by=week'")
            print("  \(curl) \(self.hydra)/v1/persons/\(id)/patterns")
        }
        print("what is unusual, as soon as the background has looked (half a minute):")
        print("  \(curl) '\(self.hydra)/v1/persons?label=power_user'")
        print("  \(curl) \(self.hydra)/v1/patterns")
        print("companies, with how well they fit:")
        print("  \(curl) '\(self.hydra)/v1/companies?limit=3'")
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data("hydra sample: \(TerminalText.lines(text))\n".utf8))
    }
}
