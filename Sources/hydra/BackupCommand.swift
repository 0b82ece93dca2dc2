import ArgumentParser
import HydraEngine

/// `hydra backup`.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy all records as of this moment into a new directory.",
        discussion: """
            Works beside a running `hydra serve`, which goes on meanwhile. The directory appears when the copy is whole. \
            To restore: stop hydra, put the copy in the place of the data directory, owned by the same user, start hydra.

            Example:
              hydra backup --data /var/lib/hydra --to /var/backups/hydra-$(date +%F)
              hydra check --data /var/backups/hydra-$(date +%F)
            """
    )

    @OptionGroup var data: DataOptions

    @Option(name: .long, help: ArgumentHelp("Where to: must not exist.", valueName: "directory"))
    var to: String

    func run() throws {
        do {
            let bytes = try StoreBackup.run(directory: self.data.data, to: self.to)
            print("\(self.to): \(bytes) bytes")
        } catch {
            throw Failure.exit("hydra backup", error)
        }
    }
}
