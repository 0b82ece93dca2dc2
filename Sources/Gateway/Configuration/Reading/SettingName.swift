/// A setting's names in its three places. Pure.
enum SettingName {
    /// What every variable begins with.
    static let environmentPrefix = "HYDRA_GATEWAY_"
    /// Variables that the programs read themselves and that are no settings: the configuration file's path.
    static let otherVariables: Set<String> = ["HYDRA_GATEWAY_CONFIG"]

    /// `["log", "level"]` → `log.level`.
    static func key(_ path: [String]) -> String {
        path.joined(separator: ".")
    }

    /// `["hydra", "caFile"]` → `HYDRA_GATEWAY_HYDRA_CA_FILE`, as swift-configuration's provider spells it.
    static func variable(_ path: [String]) -> String {
        self.environmentPrefix
            + path.map { self.words($0).uppercased() }.joined(separator: "_").map { character in
                character.isLetter || character.isNumber ? String(character) : "_"
            }.joined()
    }

    /// `["hydra", "caFile"]` → `--hydra-ca-file`.
    static func flag(_ path: [String]) -> String {
        "--" + path.map { self.words($0).lowercased().replacingUnderscores() }.joined(separator: "-")
    }

    /// `caFile` → `ca_File`.
    private static func words(_ component: String) -> String {
        var result = ""
        var previous: Character?
        for character in component {
            if let previous, previous.isLowercase, character.isUppercase { result.append("_") }
            result.append(character)
            previous = character
        }
        return result
    }

    /// The one of `candidates` that was probably meant: at most a third of its letters differ.
    static func nearest(_ name: String, in candidates: some Sequence<String>) -> String? {
        var best: (name: String, distance: Int)?
        for candidate in candidates.sorted() {
            let distance = self.distance(Array(name.lowercased().utf8), Array(candidate.lowercased().utf8))
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(1, max(name.utf8.count, best.name.utf8.count) / 3) else { return nil }
        return best.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two words.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard left.count <= 100, right.count <= 100 else { return Int.max }
        var beforePrevious = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for (row, leftByte) in left.enumerated() {
            var current = [row + 1]
            for (column, rightByte) in right.enumerated() {
                var cost = min(
                    previous[column] + (leftByte == rightByte ? 0 : 1),
                    previous[column + 1] + 1,
                    current[column] + 1
                )
                if row > 0, column > 0, leftByte == right[column - 1], left[row - 1] == rightByte {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}

extension String {
    fileprivate func replacingUnderscores() -> String {
        String(self.map { $0 == "_" ? "-" : $0 })
    }
}
