import ArgumentParser
import Gateway

/// `hydra-gateway send`: one event, as an SDK would send it.
struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send one identify or track to a gateway, as an SDK would, and print the answer.",
        discussion: """
            EXAMPLES
              hydra-gateway send identify --url https://127.0.0.1:8443 --ca-file .run/tls/certificate.pem \\
                  --write-key demo-write-key --user-id userId123 --trait email=john.doe@example.com
              hydra-gateway send track --ca-file .run/tls/certificate.pem --write-key demo-write-key \\
                  --user-id userId123 --event "Device deploy started" --property feature="Device management" --property eventFlag=Positive

            Values of --trait and --property that are JSON (numbers, true, null, objects) are sent as JSON, all others \
            as strings.
            """
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable { case identify, track }

    @Argument(help: "identify or track.") var kind: Kind
    @Option(name: .long, help: "The gateway's address.") var url = "https://127.0.0.1:8443"
    @Option(name: .customLong("ca-file"), help: "Certificate to trust besides the system's (PEM).") var caFile: String?
    @Option(name: .customLong("write-key"), help: "The source's write key.") var writeKey: String
    @Option(name: .customLong("user-id"), help: "The user.") var userId: String?
    @Option(name: .customLong("anonymous-id"), help: "The anonymous user.") var anonymousId: String?
    @Option(name: .long, help: "The event's name (track).") var event: String?
    @Option(name: .customLong("message-id"), help: "The event's id. Default: a new one.") var messageId: String?
    @Option(name: .customLong("trait"), help: "name=value (identify). May be repeated.") var traits: [String] = []
    @Option(name: .customLong("property"), help: "name=value (track). May be repeated.") var properties: [String] = []

    func validate() throws {
        if self.userId == nil && self.anonymousId == nil {
            throw ValidationError("Name --user-id or --anonymous-id.")
        }
        if self.kind == .track && self.event == nil { throw ValidationError("A track needs --event.") }
        for pair in self.traits + self.properties where !pair.contains("=") {
            throw ValidationError("'\(pair)' is not name=value.")
        }
    }

    mutating func run() async throws {
        let event = TestEvent(
            type: self.kind.rawValue,
            writeKey: self.writeKey,
            userId: self.userId,
            anonymousId: self.anonymousId,
            event: self.event,
            messageId: self.messageId,
            fields: self.kind == .track ? self.properties : self.traits
        )
        let outcome = await event.send(to: self.url, caFile: self.caFile)
        TerminalOutput.write(outcome.text)
        if !outcome.isSuccess { throw ExitCode(1) }
    }
}
