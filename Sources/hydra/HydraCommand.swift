import ArgumentParser
import Hydra

/// The program `hydra`.
@main
struct HydraCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hydra",
        abstract: "Keeps persons, companies and what they do, and answers questions about them.",
        discussion: """
            hydra is the Hydra that comes with hydra-gateway: it takes identify and track calls over HTTP behind a web \
            server (FastCGI), and is asked over the same API. The contract is served at /v1/openapi.json; everything \
            else is pages for people.

            A first start:
              mkdir -p /var/lib/hydra
              hydra key create --data /var/lib/hydra --name gateway > /etc/hydra-api-key
              hydra password --data /var/lib/hydra
              hydra serve --data /var/lib/hydra --listen unix:/run/hydra/hydra.sock --log /var/log/hydra.jsonl

            Ask it, through nginx:
              curl -u "$(cat /etc/hydra-api-key):" 'https://127.0.0.1:8444/v1/persons?q=john'
            """,
        version: ProductVersion.text,
        subcommands: [
            ServeCommand.self, CheckCommand.self, BackupCommand.self, KeyCommand.self, PasswordCommand.self,
            SeparateCommand.self,
            SampleCommand.self,
        ]
    )
}
