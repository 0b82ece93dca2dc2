import HydraRoles

/// Words for people in place of the API's.
enum Words {
    /// `customer_success` → `Customer success`.
    static func sentence(_ word: String) -> String {
        let text = word.split(separator: "_").joined(separator: " ")
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    /// `usesToExpect` → `Uses to expect`.
    static func name(_ member: String) -> String {
        self.sentence(
            member.reduce(into: "") { text, letter in
                text += letter.isUppercase && !text.isEmpty ? "_" + letter.lowercased() : String(letter)
            }
        )
    }

    static func function(_ word: String) -> String {
        word == JobFunction.it.rawValue ? "IT" : self.sentence(word)
    }

    static func seniority(_ word: String) -> String {
        switch word {
        case Seniority.cxo.rawValue: "C-level"
        case Seniority.vp.rawValue: "VP"
        default: self.sentence(word)
        }
    }

    static func band(_ word: String) -> String { self.sentence(word) }

    static func kind(_ word: String) -> String {
        switch word {
        case "role": "Role"
        case "persona": "Persona"
        case "ideal_customer_profile": "Ideal customer profile"
        case "product_usage": "Segment Product Usage Scanner"
        default: self.sentence(word)
        }
    }

    static func pattern(_ kind: String) -> String { self.sentence(kind) }

    static func source(_ word: String) -> String {
        switch word {
        case "email": "E-mail"
        case "user_agent": "User agent"
        case "company_trait": "Company's traits"
        case "domain": "Domain"
        case "dns": "DNS"
        default: self.sentence(word)
        }
    }

    /// An arrow says the direction without colour.
    static func trend(_ direction: String?) -> Fields? {
        guard let direction else { return nil }
        let arrow: String
        switch direction {
        case "rising": arrow = "▲"
        case "falling": arrow = "▼"
        case "steady": arrow = "▬"
        case "new": arrow = "✚"
        case "dormant": arrow = "◌"
        default: return nil
        }
        return ["direction": direction, "arrow": arrow, "text": self.sentence(direction)]
    }

    static func count(_ number: Int64, _ one: String, _ many: String) -> String {
        "\(Figures.full(number)) \(number == 1 ? one : many)"
    }
}
