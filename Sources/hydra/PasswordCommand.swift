import ArgumentParser
import Glibc
import HydraEngine
import HydraScreens

/// `hydra password`.
struct PasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Make or set the administrator's password for the pages.",
        discussion: """
            Without an option the first password is made and printed once, alone, on standard output; only its hash is \
            kept. If there is one already nothing is changed: --new makes another one, --set reads one of your own. \
            Both end all sessions. Works while `hydra serve` runs on the same directory.

            Examples:
              hydra password --data /var/lib/hydra
              hydra password --data /var/lib/hydra --set
              pass show hydra | hydra password --data /var/lib/hydra --set
            """
    )

    @OptionGroup var data: DataOptions

    @Flag(name: .long, help: "Make a new password in place of the one that is there, and print it.")
    var new = false

    @Flag(name: .long, help: "Read a password from standard input, 12 characters or more.")
    var set = false

    func validate() throws {
        guard !(self.new && self.set) else { throw ValidationError("--new and --set exclude each other") }
    }

    func run() throws {
        do {
            let store = try ScreenStore(directory: self.data.data)
            defer { store.close() }
            let administrator = AdministratorPassword(store: store)
            if self.set {
                guard let typed = Self.read() else { throw EngineError.refused("no password was given") }
                try administrator.set(typed, replacing: true)
                Console.error("the password was set; all sessions have ended")
                return
            }
            let password = RandomPassword.make()
            guard try administrator.set(password, replacing: self.new) else {
                throw EngineError.refused("there is a password already: --new makes another one, --set sets your own")
            }
            print(password)
            Console.error("this is the administrator's password; it is not shown again")
        } catch {
            throw Failure.exit("hydra password", error)
        }
    }

    /// One line; not shown while it is typed.
    private static func read() -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return readLine(strippingNewline: true) }
        Console.error("New password:")
        var before = termios()
        let isTerminal = unsafe tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal {
            var hidden = before
            hidden.c_lflag &= ~tcflag_t(ECHO)
            unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        }
        defer { if isTerminal { unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) } }
        return readLine(strippingNewline: true)
    }
}
