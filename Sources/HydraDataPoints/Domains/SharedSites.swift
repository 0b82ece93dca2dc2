/// Sites on which anybody gets a page. The list is in `Data`.
///
/// Read once, at the first question; any thread.
package enum SharedSites {
    /// Whether a domain or website that was given for a company is one that unrelated companies share: a social
    /// network, a marketplace, a builder of sites, a mail service.
    ///
    /// - Parameter registrable: of ``DomainName/registrable(_:)``.
    package static func isShared(_ registrable: String) -> Bool {
        self.table.contains(registrable, registrable: registrable) || MailDomains.isFree(registrable)
            || MailDomains.isDisposable(registrable)
    }

    /// Whether nobody has the name itself, but only names below it: `onmicrosoft.com`.
    static func isHoldersOnly(_ registrable: String) -> Bool {
        self.table.parents.contains(registrable) && self.table.names.contains(registrable)
            && registrable.hasPrefix("onmicrosoft.")
    }

    /// The name and one label, for hosts below which each holder has a label: `contoso.onmicrosoft.com`.
    ///
    /// - Returns: nil for other hosts, and for the name itself.
    static func holder(_ host: String) -> String? {
        guard let parent = self.table.parent(of: host) else { return nil }
        var labels = host.dropLast(parent.utf8.count + 1).split(separator: ".")
        // `contoso.mail.onmicrosoft.com` is the mail of the same tenant.
        if labels.count > 1, labels.last == "mail" { labels.removeLast() }
        guard let label = labels.last, !self.noHolders.contains(label) else { return nil }
        return "\(label).\(parent)"
    }

    private static let noHolders: Set<Substring> = ["www", "app", "api", "mail", "m"]

    private static let table = DomainTable(PackageResources.shared_sites_txt)
}
