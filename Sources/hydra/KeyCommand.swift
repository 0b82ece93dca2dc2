import ArgumentParser

/// `hydra key`.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make, list and revoke API keys.",
        discussion: """
            Works while `hydra serve` runs on the same directory: a new key works at once, a revoked one stops within a \
            second. All keys of one account see the same records, so a key is replaced without a gap:
              hydra key create --data /var/lib/hydra --name gateway-2027 > new-key
              hydra key revoke --data /var/lib/hydra 1 --grace 86400
            """,
        subcommands: [CreateKeyCommand.self, ListKeysCommand.self, RevokeKeyCommand.self]
    )
}
