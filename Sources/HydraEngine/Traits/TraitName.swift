/// One name for all spellings of a trait.
enum TraitName {
    /// Case does not matter, nor do spaces, `_`, `-` and `.`: `firstName`, `first_name` and `First Name` are
    /// `firstname`. A name of nothing but those stays as it is, lower-cased.
    static func normalised(_ spelling: String) -> String {
        // Nearly every name is ASCII: one pass over the bytes.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(spelling.utf8.count)
        for byte in spelling.utf8 {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): continue
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            case 0x80...: return Self.normalisedUnicode(spelling)
            default: bytes.append(byte)
            }
        }
        return bytes.isEmpty ? spelling.lowercased() : String(decoding: bytes, as: UTF8.self)
    }

    private static func normalisedUnicode(_ spelling: String) -> String {
        let lowered = spelling.lowercased()
        var kept = String.UnicodeScalarView()
        for scalar in lowered.unicodeScalars where !" _-.".unicodeScalars.contains(scalar) {
            kept.append(scalar)
        }
        return kept.isEmpty ? lowered : String(kept)
    }
}

/// The traits that have a meaning of their own, normalised.
extension TraitName {
    static let email = "email"
    static let name = "name"
    static let firstName = "firstname"
    static let lastName = "lastname"
    static let title = "title"
    static let company = "company"

    /// Those that show in a person's summary: when one of them changes, the summary is made anew.
    static let summary: Set<String> = [
        Self.email, Self.name, Self.firstName, Self.lastName, Self.title, Self.company,
    ]
}
