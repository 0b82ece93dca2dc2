private import HydraDataPoints

/// Who takes a domain's mail, by the names of its mail servers.
///
/// Stateless; any thread.
enum MailProvider {
    /// From the providers' own instructions on MX records. A name stands for itself and for everything below it.
    private static let byHost: [(suffix: String, name: String)] = [
        ("google.com", "Google Workspace"),
        ("googlemail.com", "Google Workspace"),
        ("mail.protection.outlook.com", "Microsoft 365"),
        // With DNSSEC.
        ("mx.microsoft", "Microsoft 365"),
        ("zoho.com", "Zoho Mail"),
        ("zoho.eu", "Zoho Mail"),
        ("zoho.in", "Zoho Mail"),
        ("zohomail.com", "Zoho Mail"),
        ("pphosted.com", "Proofpoint"),
        ("ppe-hosted.com", "Proofpoint"),
        ("mimecast.com", "Mimecast"),
        ("mimecast.co.za", "Mimecast"),
        ("barracudanetworks.com", "Barracuda"),
        ("iphmx.com", "Cisco Secure Email"),
        ("messagelabs.com", "Symantec Email Security"),
        ("trendmicro.com", "Trend Micro"),
        ("trendmicro.eu", "Trend Micro"),
        ("hornetsecurity.com", "Hornetsecurity"),
        ("antispamcloud.com", "SpamExperts"),
        ("messagingengine.com", "Fastmail"),
        ("protonmail.ch", "Proton Mail"),
        ("mx.yandex.net", "Yandex 360"),
        ("mx.yandex.ru", "Yandex 360"),
        ("amazonaws.com", "Amazon WorkMail"),
        ("emailsrvr.com", "Rackspace Email"),
        ("ovh.net", "OVHcloud"),
        ("ovh.ca", "OVHcloud"),
        ("kundenserver.de", "IONOS"),
        ("ionos.com", "IONOS"),
        ("1and1.com", "IONOS"),
        ("1and1.co.uk", "IONOS"),
        ("icloud.com", "iCloud Mail"),
        ("mail.ru", "VK WorkSpace"),
        ("secureserver.net", "GoDaddy"),
        ("gandi.net", "Gandi"),
        ("infomaniak.ch", "Infomaniak"),
        ("mailbox.org", "mailbox.org"),
        ("tutanota.de", "Tuta"),
        ("migadu.com", "Migadu"),
        ("registrar-servers.com", "Namecheap"),
        ("privateemail.com", "Namecheap"),
        ("titan.email", "Titan"),
        ("hostinger.com", "Hostinger"),
        ("mailgun.org", "Mailgun"),
        ("mx.cloudflare.net", "Cloudflare Email Routing"),
        ("improvmx.com", "ImprovMX"),
        ("qq.com", "Tencent Exmail"),
        ("mxhichina.com", "Alibaba Mail"),
        ("aliyun.com", "Alibaba Mail"),
    ]

    /// - Parameter servers: the first to try first; not empty.
    /// - Returns: nil if the names say nothing.
    static func name(_ servers: [MailServer], domain: String) -> (name: String, confidence: Double)? {
        let hosts = servers.map(\.host).filter { !$0.isEmpty }
        guard let first = hosts.first else { return ("none", 0.9) }
        for host in hosts {
            if let found = self.byHost.first(where: { host == $0.suffix || host.hasSuffix("." + $0.suffix) }) {
                return (found.name, host == first ? 0.95 : 0.7)
            }
        }
        guard let name = DomainName.normalised(first), let owner = DomainName.registrable(name) else { return nil }
        return owner == domain ? ("self-hosted", 0.7) : (owner, 0.5)
    }
}
