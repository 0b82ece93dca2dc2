import ArgumentParser
import HydraEngine

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
                print("\(key.id)\t\(key.account)\t\(key.name)\t\(key.masked)\t\(key.createdAt.iso8601)\t\(end)")
            }
        } catch {
            throw Failure.exit("hydra key list", error)
        }
    }
}
