import HydraDataPoints
import JSON

/// A company as a call names it, and what the call says about it.
///
/// A company is recognised by the strongest name that is given: its id, else its domain, else its name. A value; any
/// thread.
struct CompanyReference: Sendable, Equatable {
    /// `companyID`, `companyDomain` or `companyName`.
    let kind: RecordKey.Kind
    /// The id as it was sent, the registrable domain, or the folded name.
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

    /// `traits.company` of an identify, else its e-mail's domain unless that is a free-mail one.
    ///
    /// - Returns: nil if neither names a company.
    init?(traits: JSONValue) {
        var company: CompanyReference?
        var email: CompanyReference?
        for member in traits.members {
            switch TraitName.normalised(member.key.string) {
            case TraitName.company: company = CompanyReference(trait: member.value)
            case TraitName.email: email = member.value.string.flatMap { CompanyReference(email: $0) }
            default: break
            }
        }
        guard let reference = company ?? email else { return nil }
        self = reference
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
        guard let text = name.string, let folded = Self.folded(text) else { return nil }
        self.kind = .companyName
        self.value = folded
        self.attributes = [TraitUpdate(name: TraitName.name, spelling: "name", value: Array(name.raw))]
    }

    private init?(id: JSONValue) {
        guard let text = id.numberText else { return nil }
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
            case "id": id = member.value.numberText ?? member.value.string.flatMap { $0.isEmpty ? nil : $0 }
            case "domain": domain = Self.domain(member.value)
            case "website": website = Self.domain(member.value)
            case TraitName.name: name = member.value.string.flatMap { Self.folded($0) }
            default: break
            }
        }
        if let id, id.utf8.count <= EngineLimits.identifierCharacters * 4 {
            self.kind = .companyID
            self.value = id
        } else if let domain = domain ?? website {
            self.kind = .companyDomain
            self.value = domain
        } else if let name {
            self.kind = .companyName
            self.value = name
        } else {
            return nil
        }
        self.attributes = TraitUpdate.list(object)
    }

    /// The registrable domain that a `domain` or `website` member gives.
    static func domain(_ value: JSONValue) -> String? {
        value.string.flatMap { DomainName.host($0) }.flatMap { DomainName.registrable($0) }
    }

    /// Lower-cased, with single spaces; nil if nothing is left. `Acme  Inc` and `ACME Inc` are one company.
    static func folded(_ name: String) -> String? {
        let words = name.lowercased().split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}
