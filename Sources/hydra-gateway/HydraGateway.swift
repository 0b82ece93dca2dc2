import ArgumentParser
import Gateway
import Glibc
import Hydra

/// The command line of the gateway: flags in, configuration built, the Gateway target does the work.
@main
struct HydraGateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hydra-gateway",
        abstract: "Takes Segment's calls behind nginx, keeps them on disk, and relays them to Hydra once and in order.",
        discussion: """
            A 200 from the gateway means that the call is on disk. From there it reaches Hydra once, in order for each \
            user, or ends among the dead letters, from where `hydra-gateway dead replay` sends it again.

            EXAMPLES
              hydra-gateway check --config /etc/hydra-gateway/hydra-gateway.yaml
              hydra-gateway serve --config /etc/hydra-gateway/hydra-gateway.yaml
              hydra-gateway status
              hydra-gateway dead list
              hydra-gateway dead replay --all
              hydra-gateway send track --ca-file .run/tls/certificate.pem --write-key demo-write-key \\
                  --user-id userId123 --event "Device deploy started" --property feature="Device management"

            The configuration file is the one that --config names, else $HYDRA_GATEWAY_CONFIG, else \
            /etc/hydra-gateway/hydra-gateway.yaml. `hydra-gateway check --example` prints one with every key explained.

            SIGNALS (serve)
              SIGHUP   read the configuration again: sources, limits, delivery. A bad file keeps the old settings.
              SIGUSR1  reopen the log file, for log rotation.
              SIGTERM  (SIGINT, SIGQUIT) stop accepting, answer what is in flight, commit, exit within 10 s.
            """,
        version: ProductVersion.text,
        subcommands: [
            Serve.self, Check.self, Status.self, Dead.self, Rejected.self, Send.self, Deliver.self, SpoolGroup.self,
        ]
    )

    static func main() async {
        // Swift's runtime answers SIGQUIT with a backtrace that takes seconds, and the process lives on. Until the handlers
        // for stopping are there it is to end, as it does for SIGTERM: nothing has been taken yet.
        signal(SIGQUIT, SIG_DFL)
        await self.main(nil)
    }
}
