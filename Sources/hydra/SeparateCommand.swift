import ArgumentParser
import HydraEngine

/// `hydra separate`.
struct SeparateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "separate",
        abstract: "Take apart persons that were joined by ids that are nobody's.",
        discussion: """
            An id such as `null`, `undefined` or `{{userId}}`, and a device of very many users, join nobody any more. What \
            they had joined before, or before you blocked them, this takes apart: the persons concerned are made anew from \
            their calls. Run it as often as you like.

            Works while no `hydra serve` runs on the directory. Beside one, ask it:
              curl -u KEY: -X POST https://127.0.0.1:8444/v1/settings/identities/separate

            Example:
              hydra separate --data /var/lib/hydra
            """
    )

    @OptionGroup var data: DataOptions

    func run() throws {
        do {
            var options = EngineOptions()
            options.isWorkingInBackground = false
            let engine = try Engine(directory: self.data.data, options: options)
            defer { engine.close() }
            for account in try engine.accounts() {
                let separation = try engine.separate(account)
                print(
                    """
                    \(account.name): \(separation.ids) ids joined what they should not have; \
                    \(separation.personsBefore) persons are \(separation.personsAfter) now, \
                    \(separation.movedCalls) calls moved
                    """
                )
            }
        } catch {
            throw Failure.exit("hydra separate", error)
        }
    }
}
