/// What tests may reach beyond the public network: their own servers.
///
/// Given to ``CompanySourcing`` by its caller in code. No option, setting or environment variable leads here. A value;
/// any thread.
package struct TestAllowance: Sendable {
    package var addresses: Set<IPAddress>
    /// The ports that stand for 443 and 80.
    package var securePort: Int
    package var plainPort: Int
    /// A PEM file of certificates to trust beside the system's.
    package var trustedCertificates: String?

    package init(
        addresses: Set<IPAddress>,
        securePort: Int = 443,
        plainPort: Int = 80,
        trustedCertificates: String? = nil
    ) {
        self.addresses = addresses
        self.securePort = securePort
        self.plainPort = plainPort
        self.trustedCertificates = trustedCertificates
    }
}
