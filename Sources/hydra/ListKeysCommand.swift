import ArgumentParser
import HydraEngine
import Telemetry

/// `hydra key list`.
struct ListKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show all API keys, masked.",
        discussion: "One line a key: number, account, name, masked key, made when, valid until; separated by tabs."
    )

    @OptionGroup var data: DataOptions

    func run() throws {
        do {
            let keys = try KeyStore(directory: self.data.data)
            defer { keys.close() }
            for key in try keys.list() {
                let end = key.validUntil.map { "until \($0.iso8601)" } ?? "valid"
                let cells = ["\(key.id)", key.account, key.name, key.masked, key.createdAt.iso8601, end]
                print(cells.map { TerminalText.line($0, columns: 200) }.joined(separator: "\t"))
            }
        } catch {
            throw Failure.exit("hydra key list", error)
        }
    }
}
