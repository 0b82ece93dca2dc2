extension GatewayConfiguration {
    /// The configuration file with every setting, its default, its unit and its reason: what an administrator starts
    /// from. `hydra-gateway check --example` prints it, the package installs it, `nginx/up` starts from it.
    package static var example: String {
        String(decoding: PackageResources.hydra_gateway_yaml, as: UTF8.self)
    }
}
