/// Domains at which anybody gets an address. The lists, with their origin and licence, are in `Data`.
///
/// Read once, at the first question; any thread.
package enum MailDomains {
    /// - Parameter host: of ``DomainName/normalised(_:)``.
    package static func isFree(_ host: String) -> Bool {
        let registrable = DomainName.registrable(host) ?? host
        return self.free.contains(host, registrable: registrable)
            || self.access.contains(host, registrable: registrable)
    }

    /// - Parameter host: of ``DomainName/normalised(_:)``.
    package static func isDisposable(_ host: String) -> Bool {
        self.disposable.names.contains(host)
            || DomainName.registrable(host).map { self.disposable.names.contains($0) } == true
    }

    /// Whether only programs have addresses there: `users.noreply.github.com`, `bounces.acme.com`. They name who runs
    /// the program, not where anybody works.
    ///
    /// - Parameter host: of ``DomainName/normalised(_:)``.
    package static func isMachine(_ host: String) -> Bool {
        if self.machines.contains(where: { host == $0 || host.hasSuffix("." + $0) }) { return true }
        // The first labels, not the name that somebody registered.
        guard let registrable = DomainName.registrable(host), host != registrable else { return false }
        return host.dropLast(registrable.utf8.count + 1).split(separator: ".").contains {
            self.machineLabels.contains($0) || $0.hasPrefix("noreply") || $0.hasPrefix("no-reply")
        }
    }

    private static let free = DomainTable(PackageResources.free_mail_domains_txt)
    private static let access = DomainTable(PackageResources.access_mail_domains_txt)
    private static let disposable = DomainTable(PackageResources.disposable_domains_txt)

    private static let machineLabels: Set<Substring> = [
        "noreply", "no-reply", "donotreply", "do-not-reply", "reply", "replies", "bounce", "bounces", "return",
        "mailer-daemon", "notifications", "notification", "notify", "unsubscribe", "users-noreply",
    ]

    /// What services make up for guests, calendars, tickets and programs.
    private static let machines = [
        "calendar.google.com", "docs.google.com", "gserviceaccount.com", "googlegroups.com", "plus.google.com",
        "amazonses.com", "sendgrid.net", "mailgun.org", "mandrillapp.com", "sparkpostmail.com", "intercom-mail.com",
        "facebookmail.com", "guest.booking.com", "guest.airbnb.com", "members.ebay.com", "marketplace.amazon.com",
        "relay.craigslist.org", "hous.craigslist.org", "in.constantcontact.com", "inbound.postmarkapp.com",
        "incoming.gitlab.com", "github.com.noreply", "noreply.com", "noreply.github.com", "thread.tawk.to",
        "trustedsender.net", "cloudmailin.net", "inbound.intercom.io", "appspotmail.com",
    ]
}
