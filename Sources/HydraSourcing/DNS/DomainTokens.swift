/// Tools that a domain's TXT records give away: tokens that prove to a service who owns the domain, and services that
/// SPF (RFC 7208) lets send mail.
///
/// Stateless; any thread.
enum DomainTokens {
    /// From the services' own instructions on how to verify a domain; compared without case.
    private static let byPrefix: [(prefix: String, tool: String)] = [
        ("1password-site-verification=", "1Password"),
        ("adobe-idp-site-verification=", "Adobe"),
        ("adobe-sign-verification=", "Adobe Sign"),
        ("ahrefs-site-verification_", "Ahrefs"),
        ("airtable-verification=", "Airtable"),
        ("amazonses:", "Amazon SES"),
        ("anthropic-domain-verification", "Anthropic"),
        ("apple-domain-verification=", "Apple Business"),
        ("asv=", "Asana"),
        ("atlassian-domain-verification=", "Atlassian"),
        ("atlassian-sending-domain-verification=", "Atlassian"),
        ("box-domain-verification=", "Box"),
        ("brevo-code:", "Brevo"),
        ("sendinblue-code:", "Brevo"),
        ("calendly-site-verification=", "Calendly"),
        ("canva-site-verification=", "Canva"),
        ("cisco-ci-domain-verification=", "Webex"),
        ("webexdomainverification", "Webex"),
        ("citrix-verification-code=", "Citrix"),
        ("cursor-domain-verification", "Cursor"),
        ("docker-verification=", "Docker"),
        ("docusign=", "DocuSign"),
        ("dropbox-domain-verification=", "Dropbox"),
        ("dynatrace-site-verification=", "Dynatrace"),
        ("facebook-domain-verification=", "Meta Business"),
        ("figma-domain-verification=", "Figma"),
        ("firebase=", "Firebase"),
        ("github-verification=", "GitHub"),
        ("globalsign-domain-verification=", "GlobalSign"),
        ("_globalsign-domain-verification=", "GlobalSign"),
        ("google-site-verification=", "Google Search Console"),
        ("h1-domain-verification=", "HackerOne"),
        ("hubspot-developer-verification=", "HubSpot"),
        ("hubspot-domain-verification=", "HubSpot"),
        ("intercom-domain-validation=", "Intercom"),
        ("intercom-domain-verification=", "Intercom"),
        ("jamf-site-verification=", "Jamf"),
        ("jetbrains-domain-verification=", "JetBrains"),
        ("klaviyo-site-verification=", "Klaviyo"),
        ("knowbe4-site-verification=", "KnowBe4"),
        ("launchdarkly-domain-verification=", "LaunchDarkly"),
        ("linear-domain-verification=", "Linear"),
        ("logmein-verification-code=", "GoTo"),
        ("loom-site-verification=", "Loom"),
        ("loom-verification=", "Loom"),
        ("mandrill_verify.", "Mailchimp"),
        ("miro-verification=", "Miro"),
        ("mixpanel-domain-verify=", "Mixpanel"),
        ("monday-com-verification=", "monday.com"),
        ("mongodb-site-verification=", "MongoDB Atlas"),
        ("ms=", "Microsoft 365"),
        ("notion-domain-verification=", "Notion"),
        ("onetrust-domain-verification=", "OneTrust"),
        ("openai-domain-verification=", "OpenAI"),
        ("paddle-verification=", "Paddle"),
        ("pardot", "Salesforce Pardot"),
        ("pendo-domain-verification=", "Pendo"),
        ("pinterest-site-verification=", "Pinterest"),
        ("postman-domain-verification=", "Postman"),
        ("protonmail-verification=", "Proton Mail"),
        ("segment-site-verification=", "Segment"),
        ("shopify-verification-code=", "Shopify"),
        ("slack-domain-verification=", "Slack"),
        ("smartsheet-site-validation=", "Smartsheet"),
        ("status-page-domain-verification=", "Statuspage"),
        ("stripe-verification=", "Stripe"),
        ("teamviewer-sso-verification=", "TeamViewer"),
        ("tiktok-developers-site-verification=", "TikTok"),
        ("twilio-domain-verification=", "Twilio"),
        ("wrike-verification=", "Wrike"),
        ("yandex-verification:", "Yandex"),
        ("zapier-domain-verification-challenge=", "Zapier"),
        ("zendeskverification=", "Zendesk"),
        ("zoho-verification=", "Zoho"),
        ("zoom-domain-verification=", "Zoom"),
        ("zoom_verify_", "Zoom"),
    ]

    /// From the services' own instructions on SPF. A name stands for itself and for everything below it.
    private static let bySender: [(suffix: String, tool: String)] = [
        ("_spf.google.com", "Google Workspace"),
        ("spf.protection.outlook.com", "Microsoft 365"),
        ("amazonses.com", "Amazon SES"),
        ("createsend.com", "Campaign Monitor"),
        ("cust-spf.exacttarget.com", "Salesforce Marketing Cloud"),
        ("email.freshdesk.com", "Freshdesk"),
        ("freshemail.io", "Freshdesk"),
        ("helpscoutemail.com", "Help Scout"),
        ("hubspotemail.net", "HubSpot"),
        ("knowbe4.com", "KnowBe4"),
        ("mail.zendesk.com", "Zendesk"),
        ("mailgun.org", "Mailgun"),
        ("mailjet.com", "Mailjet"),
        ("mandrillapp.com", "Mailchimp"),
        ("mcsv.net", "Mailchimp"),
        ("messagingengine.com", "Fastmail"),
        ("mktomail.com", "Marketo"),
        ("mtasv.net", "Postmark"),
        ("pardot.com", "Salesforce Pardot"),
        ("postmarkapp.com", "Postmark"),
        ("pphosted.com", "Proofpoint"),
        ("protonmail.ch", "Proton Mail"),
        ("salesforce.com", "Salesforce"),
        ("sendgrid.net", "SendGrid"),
        ("sendinblue.com", "Brevo"),
        ("service-now.com", "ServiceNow"),
        ("shopify.com", "Shopify"),
        ("sparkpostmail.com", "SparkPost"),
        ("stspg-customer.com", "Statuspage"),
        ("zoho.com", "Zoho"),
        ("zoho.eu", "Zoho"),
        ("mimecast.com", "Mimecast"),
        ("netblocks.mimecast.com", "Mimecast"),
    ]

    /// By name, each once.
    static func tools(_ texts: [String]) -> [String] {
        var tools: Set<String> = []
        for text in texts {
            let text = text.lowercased()
            if let found = self.byPrefix.first(where: { text.hasPrefix($0.prefix) }) { tools.insert(found.tool) }
            guard self.isSPF(text) else { continue }
            for host in self.senders(text) {
                let found = self.bySender.first { host == $0.suffix || host.hasSuffix("." + $0.suffix) }
                if let found { tools.insert(found.tool) }
            }
        }
        return tools.sorted()
    }

    /// - Parameter text: lower-case.
    static func isSPF(_ text: String) -> Bool {
        text == "v=spf1" || text.hasPrefix("v=spf1 ")
    }

    /// The policy of a DMARC record (RFC 7489 6.3); nil if it is none.
    static func policy(_ text: String) -> String? {
        let tags = text.lowercased().split(separator: ";").map { $0.filter { !$0.isWhitespace } }
        guard tags.first == "v=dmarc1" else { return nil }
        let policy = tags.first { $0.hasPrefix("p=") }?.dropFirst(2)
        return policy.flatMap { ["none", "quarantine", "reject"].contains($0) ? String($0) : nil } ?? "none"
    }

    private static func senders(_ spf: String) -> [Substring] {
        spf.split(separator: " ").compactMap { term in
            for name in ["include:", "redirect="] {
                let mechanism = term.first.map { "+?~-".contains($0) } == true ? term.dropFirst() : term
                if mechanism.hasPrefix(name) { return mechanism.dropFirst(name.count) }
            }
            return nil
        }
    }
}
