import ArgumentParser
import FastCGI
import Logging

/// How `serve` listens and logs.
struct ServeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to wait for the web server: unix:/PATH, tcp:HOST:PORT (loopback), or inherited (descriptor 0 or "
                + "systemd's). May be given several times.",
            valueName: "address"
        )
    )
    var listen: [ListenArgument] = []

    @Option(name: .long, help: "Permissions of the Unix socket, in octal.")
    var socketMode: String = "0660"

    @Option(name: .long, help: ArgumentHelp("Group of the Unix socket, such as www-data.", valueName: "group"))
    var socketGroup: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Users whose programs may connect to the Unix socket, by number. Default: this user, root and www-data.",
            valueName: "uid"
        )
    )
    var allowUser: [UInt32] = []

    @Option(name: .long, help: ArgumentHelp("Threads that read requests and answer questions.", valueName: "count"))
    var workers: Int = 4

    @Option(name: .long, help: ArgumentHelp("Where log lines go: a file, or - for standard error.", valueName: "file"))
    var log: String = "-"

    @Option(name: .long, help: "The least severe level that is logged.")
    var logLevel: LogLevelArgument = .info

    func validate() throws {
        guard !self.listen.isEmpty else {
            throw ValidationError("--listen is missing. Example: --listen unix:/run/hydra/hydra.sock")
        }
        guard (1...256).contains(self.workers) else { throw ValidationError("--workers must be from 1 to 256") }
        _ = try self.mode()
    }

    func addresses() throws -> [ListenAddress] {
        let mode = try self.mode()
        return self.listen.flatMap { argument -> [ListenAddress] in
            switch argument {
            case .unix(let path): [.unix(path: path, mode: mode, owner: nil, group: self.socketGroup)]
            case .tcp(let host, let port): [.tcp(host: host, port: port)]
            case .inherited: Responder.inheritedDescriptors().map { .inherited(descriptor: $0) }
            }
        }
    }

    private func mode() throws -> UInt16 {
        guard let mode = UInt16(self.socketMode, radix: 8), mode <= 0o777 else {
            throw ValidationError("--socket-mode must be octal permissions such as 0660")
        }
        return mode
    }
}

/// The levels of swift-log, as they are written on the command line.
enum LogLevelArgument: String, CaseIterable, ExpressibleByArgument {
    case trace
    case debug
    case info
    case notice
    case warning
    case error
    case critical

    var level: Logger.Level { Logger.Level(rawValue: self.rawValue) ?? .info }
}
