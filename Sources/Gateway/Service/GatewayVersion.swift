/// The version that `--version`, logs, the status page and the `User-Agent` towards Hydra print.
package enum GatewayVersion {
    package static let text = "0.1.0"
}
