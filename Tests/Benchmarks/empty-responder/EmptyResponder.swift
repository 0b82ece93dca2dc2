import FastCGI
import Glibc
import Logging

/// Answers every request at once with the gateway's usual body: what the FastCGI target itself can do, for the
/// comparison with other responders that do nothing. Not shipped.
///
/// `empty-responder SOCKET [CONNECTIONS]`; ends on SIGTERM or SIGINT.
@main
enum EmptyResponder {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let path = arguments.first else {
            print("usage: empty-responder SOCKET [CONNECTIONS]")
            exit(64)
        }
        Responder.prepareProcess()
        // Blocked before there are threads, so that they inherit it and the signals come here.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe sigaddset(&signals, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)

        var options = ResponderOptions()
        if let connections = arguments.dropFirst().first.flatMap({ Int($0) }) {
            options.limits.connections = connections
        }
        let answer = Response(
            status: 200,
            headers: [("Content-Type", "application/json")],
            body: Array(#"{"success":true}"#.utf8)
        )
        let responder = try Responder(
            listeners: [.unix(path: path, mode: 0o600, owner: nil, group: nil)],
            options: options,
            logger: Logger(label: "empty-responder")
        ) { _, reply in
            reply.send(answer)
        }
        try responder.start()
        var received: Int32 = 0
        unsafe sigwait(&signals, &received)
        responder.stop(within: .seconds(5))
    }
}
