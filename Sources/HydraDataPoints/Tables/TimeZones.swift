/// Time zones that are those of one country (IANA time zone database, public domain).
///
/// Stateless; any thread.
enum TimeZones {
    static func country(_ zone: String) -> String? { self.countries[zone] }

    private static let countries: [String: String] = {
        let zones = """
            AE Asia/Dubai|AR America/Argentina/Buenos_Aires America/Buenos_Aires|AT Europe/Vienna|AU Australia/Sydney \
            Australia/Melbourne Australia/Brisbane Australia/Perth Australia/Adelaide|BE Europe/Brussels|BG Europe/Sofia|\
            BR America/Sao_Paulo America/Bahia America/Fortaleza|CA America/Toronto America/Vancouver America/Montreal \
            America/Edmonton America/Winnipeg America/Halifax|CH Europe/Zurich|CL America/Santiago|CN Asia/Shanghai|\
            CO America/Bogota|CZ Europe/Prague|DE Europe/Berlin|DK Europe/Copenhagen|EE Europe/Tallinn|EG Africa/Cairo|\
            ES Europe/Madrid|FI Europe/Helsinki|FR Europe/Paris|GB Europe/London|GR Europe/Athens|HK Asia/Hong_Kong|\
            HR Europe/Zagreb|HU Europe/Budapest|ID Asia/Jakarta|IE Europe/Dublin|IL Asia/Jerusalem|IN Asia/Kolkata \
            Asia/Calcutta|IT Europe/Rome|JP Asia/Tokyo|KE Africa/Nairobi|KR Asia/Seoul|LT Europe/Vilnius|\
            LU Europe/Luxembourg|LV Europe/Riga|MX America/Mexico_City America/Monterrey|MY Asia/Kuala_Lumpur|\
            NG Africa/Lagos|NL Europe/Amsterdam|NO Europe/Oslo|NZ Pacific/Auckland|PE America/Lima|PH Asia/Manila|\
            PK Asia/Karachi|PL Europe/Warsaw|PT Europe/Lisbon|RO Europe/Bucharest|RS Europe/Belgrade|RU Europe/Moscow|\
            SA Asia/Riyadh|SE Europe/Stockholm|SG Asia/Singapore|SI Europe/Ljubljana|SK Europe/Bratislava|TH Asia/Bangkok|\
            TR Europe/Istanbul|TW Asia/Taipei|UA Europe/Kyiv Europe/Kiev|US America/New_York America/Chicago America/Denver \
            America/Los_Angeles America/Phoenix America/Detroit America/Anchorage Pacific/Honolulu|VN Asia/Ho_Chi_Minh \
            Asia/Saigon|ZA Africa/Johannesburg
            """
        var countries: [String: String] = [:]
        for entry in zones.split(separator: "|") {
            let words = entry.split(separator: " ").map(String.init)
            guard let country = words.first else { continue }
            for zone in words.dropFirst() { countries[zone] = country }
        }
        return countries
    }()
}
