import ArgumentParser

/// `hydra serve`.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Take calls and answer questions until it is told to stop.",
        discussion: """
            SIGTERM, SIGINT or SIGQUIT stops it: what has begun is answered, all is on disk, it ends within 10 seconds. SIGUSR1 \
            opens the log file again after a rotation. SIGHUP changes nothing: there is nothing to reload, API keys \
            work as soon as they are made.

            Examples:
              hydra serve --data /var/lib/hydra --listen unix:/run/hydra/hydra.sock --socket-group www-data
              hydra serve --data ./data --listen tcp:127.0.0.1:9444 --log - --log-level debug
              spawn-fcgi -n -s /run/hydra.sock -- hydra serve --data /var/lib/hydra --listen inherited

            nginx, in a server block:
              location / { include fastcgi_params; fastcgi_param HTTP_X_REQUEST_ID $request_id;
                           fastcgi_pass unix:/run/hydra/hydra.sock; }
            """
    )

    @OptionGroup var data: DataOptions
    @OptionGroup var options: ServeOptions
    @OptionGroup var pages: ScreenOptions

    func run() throws {
        do {
            try Server(data: self.data.data, options: self.options, pages: self.pages).run()
        } catch {
            throw Failure.exit(service: "hydra serve", error)
        }
    }
}
