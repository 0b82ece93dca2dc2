/// Names as Prometheus allows them, made of the labels that swift-metrics code uses. Pure.
enum MetricName {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`; every other character becomes an underscore, and a digit in front gets one before it.
    static func metric(_ label: String) -> String {
        self.sanitise(label, allowsColon: true)
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`; names that Prometheus keeps for itself (`le`, `quantile`, `__…`) get a prefix.
    static func label(_ name: String) -> String {
        let sanitised = self.sanitise(name, allowsColon: false)
        if sanitised == "le" || sanitised == "quantile" || sanitised.hasPrefix("__") {
            return "label_" + sanitised
        }
        return sanitised
    }

    /// The name with a suffix that it does not have yet.
    static func metric(_ label: String, suffix: String) -> String {
        let name = self.metric(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    private static func sanitise(_ text: String, allowsColon: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_":
                result.unicodeScalars.append(scalar)
            case "0"..."9":
                if result.isEmpty { result.append("_") }
                result.unicodeScalars.append(scalar)
            case ":" where allowsColon:
                result.unicodeScalars.append(scalar)
            default:
                result.append("_")
            }
        }
        return result.isEmpty ? "_" : result
    }
}
