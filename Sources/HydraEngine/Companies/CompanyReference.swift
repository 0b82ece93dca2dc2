import HydraDataPoints
import HydraLimits
import JSON

/// A company as a call names it, and what the call says about it.
///
/// A company is recognised by the strongest name that is given: its id, else its domain, else its name. A value; any
/// thread.
struct CompanyReference: Sendable, Equatable {
    /// `companyID`, `companyDomain` or `companyName`.
    let kind: RecordKey.Kind
    /// The id as text, the registrable domain, or the folded name (``CompanyName/folded(_:)``).
    let value: String
    /// The members of `traits.company`; a company given by its name alone has that as its only one.
    let attributes: [TraitUpdate]

    init(workDomain: String) {
        self.kind = .companyDomain
        self.value = workDomain
        self.attributes = []
    }

    /// The company of an e-mail's sender.
    ///
    /// - Returns: nil for what is no address, and for addresses at a free-mail service.
    init?(email: String) {
        guard let domain = EmailAddress(email)?.workDomain else { return nil }
        self.init(workDomain: domain)
    }

    /// `traits.company` of an identify, else its e-mail's domain unless that is a free-mail one. A company trait that
    /// means none (`N/A`, `Freelance`) leaves it to the e-mail.
    ///
    /// - Returns: nil if neither names a company.
    init?(traits: JSONValue) {
        var company: JSONValue?
        var email: String?
        for member in traits.members {
            switch TraitName.normalised(member.key.string) {
            case TraitName.company: company = member.value
            case TraitName.email: email = member.value.string
            default: break
            }
        }
        self.init(trait: company, email: email)
    }

    /// The company of somebody with this company trait and this e-mail.
    ///
    /// A company that is given by its name alone is that of the e-mail where both say the same: `Acme, Inc.` of
    /// `a@acme.example` is the acme.example of the colleagues who give none. That follows from what one person says, so it
    /// holds whatever arrives first, and no longer than the person says it.
    init?(trait: JSONValue?, email: String?) {
        let named = trait.flatMap { CompanyReference(trait: $0) }
        guard named == nil || named?.kind == .companyName else {
            guard let named else { return nil }
            self = named
            return
        }
        let employer = email.flatMap { CompanyReference(email: $0) }
        guard let named else {
            guard let employer else { return nil }
            self = employer
            return
        }
        if let employer, Self.isName(named.value, ofDomain: employer.value) {
            self.init(kind: employer.kind, value: employer.value, attributes: named.attributes)
        } else {
            self = named
        }
    }

    init(kind: RecordKey.Kind, value: String, attributes: [TraitUpdate] = []) {
        self.kind = kind
        self.value = value
        self.attributes = attributes
    }

    /// Whether a name without its legal form is the first label of a domain: `acme software gmbh` of
    /// `acme-software.de`.
    static func isName(_ name: String, ofDomain domain: String) -> Bool {
        guard let label = domain.split(separator: ".").first else { return false }
        let core = CompanyName.core(name)
        return core.utf8.count >= 2 && core == label.filter { $0 != "-" }
    }

    /// From `traits.company`: an object, a name, a number (an id), or a list whose first usable element counts.
    ///
    /// - Returns: nil if it names no company.
    init?(trait: JSONValue) {
        switch trait.kind {
        case .string: self.init(name: trait)
        case .number: self.init(id: trait)
        case .object: self.init(object: trait)
        case .array:
            // Depth is not a concern: lists inside the list are skipped, not followed.
            let references = trait.elements.lazy.compactMap { $0.kind == .array ? nil : CompanyReference(trait: $0) }
            guard let first = references.first(where: { _ in true }) else { return nil }
            self = first
        case .true, .false, .null: return nil
        }
    }

    private init?(name: JSONValue) {
        guard let (kind, value) = name.string.flatMap({ Self.recognised(name: $0) }) else { return nil }
        self.kind = kind
        self.value = value
        self.attributes = [TraitUpdate(name: TraitName.name, spelling: "name", value: Array(name.raw))]
    }

    /// What a company is recognised by that is given by its name alone; nil for a name that means none.
    static func recognised(name: String) -> (kind: RecordKey.Kind, value: String)? {
        if let domain = Self.domain(written: name) { return (.companyDomain, domain) }
        return CompanyName.folded(name).map { (.companyName, $0) }
    }

    private init?(id: JSONValue) {
        guard let text = Self.id(id) else { return nil }
        self.kind = .companyID
        self.value = text
        self.attributes = []
    }

    private init?(object: JSONValue) {
        var id: String?
        var domain: String?
        var website: String?
        var name: String?
        for member in object.members {
            switch TraitName.normalised(member.key.string) {
            case "id": id = Self.id(member.value)
            case "domain": domain = member.value.string
            case "website": website = member.value.string
            case TraitName.name: name = member.value.string
            default: break
            }
        }
        if let id {
            self.kind = .companyID
            self.value = id
        } else if let domain = Self.domain(domain: domain, website: website, name: name) {
            self.kind = .companyDomain
            self.value = domain
        } else if let (kind, value) = name.flatMap({ Self.recognised(name: $0) }) {
            self.kind = kind
            self.value = value
        } else {
            return nil
        }
        self.attributes = TraitUpdate.list(object)
    }

    /// An id by the one rule for ids: numbers as text without an exponent or a fraction of zeros; what stands for "none"
    /// is none.
    private static func id(_ value: JSONValue) -> String? {
        guard let text = value.string ?? value.plainNumber, !CompanyID.meansNone(text),
            text.utf8.count <= CallLimits.identifierCharacters * 4
        else { return nil }
        return text
    }

    /// The registrable domain that a company's `domain` or `website` gives.
    ///
    /// - Returns: nil for sites on which anybody has a page, unless the company's name says that it is theirs.
    static func domain(domain: String?, website: String?, name: String?) -> String? {
        [domain, website].lazy.compactMap { $0 }.compactMap { DomainName.host($0) }
            .compactMap { DomainName.registrable($0) }
            .first {
                !SharedSites.isShared($0)
                    || name.map(CompanyName.core) == $0.split(separator: ".").first.map(String.init)
            }
    }

    /// The domain in a name that is written as one: `acme.com`, `https://www.acme.example/`.
    private static func domain(written name: String) -> String? {
        guard !name.contains(where: \.isWhitespace), let host = DomainName.host(name) else { return nil }
        let isAddress = name.contains("://") || host.hasPrefix("www.")
        guard isAddress || [".com", ".net", ".org", ".io"].contains(where: { host.hasSuffix($0) }) else { return nil }
        let first = host.split(separator: ".").first.map(String.init)
        return self.domain(domain: name, website: nil, name: isAddress ? nil : first)
    }
}
