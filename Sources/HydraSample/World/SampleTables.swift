/// What the people and companies of the sample are made of.
enum SampleTables {
    static let firstNames = """
        Ada Aisha Akira Alejandro Amina Ana Anders Anna Arjun Astrid Bilal Camila Carlos Chen Chiara Claire Daniel Dmitri \
        Elena Emma Fatima Felix Freya Giulia Hana Hiroshi Ines Ivan Jakob Jana João John Jonas Julia Kaan Karin Kofi Lars \
        Laura Leila Liam Lin Lucía Luca Magnus Maria Marek Mateo Mei Mia Mohamed Nadia Nina Noah Olga Oliver Omar Paul \
        Pia Priya Rafael Rosa Sara Sofia Søren Tomás Wei Yara Yuki Zoe
        """.split(separator: " ").map(String.init)

    static let lastNames = """
        Ahmed Almeida Andersson Bauer Becker Bianchi Brown Chen Costa Demir Doe Dubois Eriksen Fernández Fischer García \
        Hansen Hoffmann Ito Ivanova Jansen Johansson Johnson Kaya Khan Kim Kowalski Kumar Laurent Lee Lopez Martin Meyer \
        Moreau Müller Nakamura Nguyen Novák O'Brien Okafor Oliveira Park Patel Petrov Rossi Santos Sato Schmidt Schneider \
        Silva Singh Smith Sørensen Suzuki Tanaka Taylor Torres Wagner Wang Weber Wilson Wójcik Yılmaz Zhang
        """.split(separator: " ").map(String.init)

    static let titles = """
        Software Engineer|Senior Software Engineer|Sr. SWE|Backend Engineer|DevOps Engineer|SRE|Engineering Manager|\
        Director of Engineering|VP Engineering|CTO|CTO & co-founder|CEO|Founder & CEO|Product Manager|Senior Product Manager|\
        Head of Product|Product Designer|UX Researcher|Head of Growth|Marketing Manager|Growth Hacker|VP of Marketing|\
        Account Executive|SDR|Sales Manager|VP Sales|Customer Success Manager|Support Engineer|Head of Customer Experience|\
        IT Manager|System Administrator|Network Engineer|IT Director|Operations Manager|COO|Project Manager|Office Manager|\
        Accountant|CFO|HR Manager|Recruiter|General Counsel|Data Scientist|Data Engineer|QA Engineer|Softwareentwickler|\
        Leiterin Vertrieb|Geschäftsführer|Développeur web|Directrice marketing|Gerente de ventas|Desarrollador de software|\
        Sviluppatore|エンジニア|VP of Happiness|Chief Happiness Officer|Code Ninja|Wizard of Light Bulb Moments|Working Student
        """.split(separator: "|").map(String.init)

    static let companyHeads = """
        Alder Amber Arc Atlas Aurora Basalt Beacon Birch Blue Bright Cedar Cobalt Copper Crane Delta Ember Falcon Fjord \
        Granite Harbor Heron Indigo Iron Juniper Kestrel Lumen Maple Mistral Nimbus North Oak Onyx Orbit Pine Polar Quartz \
        Raven River Sable Sierra Silver Solar Stone Summit Swift Tidal Umber Vertex Willow Zephyr
        """.split(separator: " ").map(String.init)

    static let companyTails = [
        "Robotics", "Labs", "Software", "Health", "Logistics", "Energy", "Foods", "Analytics", "Mobility", "Bank",
        "Media",
        "Works", "Systems", "Retail", "Networks", "Studios",
    ]

    static let industries: [String: String] = [
        "Robotics": "robotics", "Labs": "software", "Software": "software", "Health": "healthcare",
        "Logistics": "logistics", "Energy": "energy", "Foods": "food", "Analytics": "software",
        "Mobility": "automotive",
        "Bank": "finance", "Media": "media", "Works": "manufacturing", "Systems": "technology", "Retail": "retail",
        "Networks": "technology", "Studios": "media",
    ]

    static let places: [(country: String, locale: String, zone: String, hours: Int64)] = [
        ("DE", "de-DE", "Europe/Berlin", 1), ("FR", "fr-FR", "Europe/Paris", 1), ("GB", "en-GB", "Europe/London", 0),
        ("US", "en-US", "America/New_York", -5), ("US", "en-US", "America/Los_Angeles", -8),
        ("SE", "sv-SE", "Europe/Stockholm", 1), ("ES", "es-ES", "Europe/Madrid", 1), ("IT", "it-IT", "Europe/Rome", 1),
        ("BR", "pt-BR", "America/Sao_Paulo", -3), ("JP", "ja-JP", "Asia/Tokyo", 9), ("IN", "en-IN", "Asia/Kolkata", 5),
    ]

    static let userAgents = [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
            + "Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    ]

    /// The product of the sample: features, the most popular first, each with its events.
    static let features: [(name: String, events: [String])] = [
        ("Device management", ["Device added", "Device deploy started", "Device renamed", "Device removed"]),
        ("Dashboards", ["Dashboard opened", "Dashboard edited", "Widget added"]),
        ("Alerts", ["Alert created", "Alert acknowledged", "Alert muted"]),
        ("Remote updates", ["Update scheduled", "Update rolled out", "Update failed"]),
        ("Search", ["Search run"]),
        ("Team invites", ["Invite sent", "Invite accepted"]),
        ("Reports export", ["Report exported", "Report scheduled"]),
        ("API keys", ["API key created", "API key revoked"]),
        ("Billing", ["Invoice opened", "Plan compared"]),
        ("Groups", ["Group created", "Group edited"]),
        ("Integrations", ["Integration connected", "Integration failed"]),
        ("Audit log", ["Audit log opened"]),
        ("Geofencing", ["Fence drawn", "Fence crossed"]),
        ("Maintenance windows", ["Window planned"]),
        ("Remote shell", ["Shell opened"]),
        ("Mobile app", ["App opened"]),
        ("SSO", ["SSO configured"]),
        ("Webhooks", ["Webhook tested", "Webhook failed"]),
    ]

    static func feature(_ name: String) -> Int { Self.features.firstIndex { $0.name == name } ?? 0 }
}
