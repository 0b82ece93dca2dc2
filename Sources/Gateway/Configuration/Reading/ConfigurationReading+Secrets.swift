/// Secrets in their three forms.
extension ConfigurationReading {
    /// A secret, where it stands, and the setting that gave it.
    typealias PlacedSecret = (secret: Secret, place: ConfigurationMistake.Place, setting: String)

    /// A secret that is given as it is (`key`), in a file (`keyFile`), or in an environment variable (`keyEnv`).
    ///
    /// The form from the strongest origin counts, so that a variable can replace what the file says in another form;
    /// two forms from one origin are a mistake.
    mutating func secret(
        _ key: String,
        _ form: ValueForm<String>,
        isRequired: Bool
    ) -> (secret: Secret, place: ConfigurationMistake.Place)? {
        guard let (chosen, found, value) = self.secretText(key, isRequired: isRequired) else { return nil }
        guard let secret = self.parse(value, of: found, chosen, isLiteral: chosen == key, form) else { return nil }
        return (secret, found.place)
    }

    /// The same where a file may have several, one a line.
    mutating func secrets(_ key: String, _ form: ValueForm<String>, isRequired: Bool) -> [PlacedSecret] {
        guard let (chosen, found, value) = self.secretText(key, isRequired: isRequired) else { return [] }
        let texts = chosen == key + "File" ? value.split(whereSeparator: \.isNewline).map(String.init) : [value]
        return texts.compactMap { text in
            self.parse(text, of: found, chosen, isLiteral: chosen == key, form).map { ($0, found.place, chosen) }
        }
    }

    /// A list of secrets, as they are.
    mutating func secrets(_ key: String, _ form: ValueForm<String>) -> [PlacedSecret] {
        (self.list(key) ?? []).compactMap { found in
            if found.origin == 2 { self.noteInlineSecret() }
            return self.parse(found.text, of: found, key, isLiteral: true, form).map { ($0, found.place, key) }
        }
    }

    private mutating func parse(
        _ text: String,
        of found: Found,
        _ key: String,
        isLiteral: Bool,
        _ form: ValueForm<String>
    ) -> Secret? {
        guard let secret = form.parse(text) else {
            let whose = isLiteral ? "the value" : "what \(found.text) holds"
            self.add(found.place, key, "\(whose) is not allowed; \(form.allowed)")
            return nil
        }
        return Secret(secret)
    }

    /// The text of a secret, where it stands, and in which form.
    private mutating func secretText(
        _ key: String,
        isRequired: Bool
    ) -> (chosen: String, found: Found, value: String)? {
        let forms = [key, key + "File", key + "Env"]
        let given = forms.compactMap { form in self.text(form).map { (key: form, found: $0) } }
        let words = forms.compactMap { $0.split(separator: ".").last }.joined(separator: ", ")
        guard let strongest = given.map(\.found.origin).min() else {
            if isRequired, !forms.contains(where: { self.isInFile($0) }) {
                self.add(self.placeInFile(key), key, "is missing; give one of \(words)")
            }
            return nil
        }
        let candidates = given.filter { $0.found.origin == strongest }
        guard let (chosen, found) = candidates.first, candidates.count == 1 else {
            if let (second, found) = candidates.last {
                self.add(found.place, second, "is a second form of the same; give only one of \(words)")
            }
            return nil
        }
        let value: String?
        if chosen == forms[1] {
            value = self.contents(of: found, chosen)
        } else if chosen == forms[2] {
            value = self.variable(found, chosen)
        } else {
            if found.origin == 2 { self.noteInlineSecret() }
            value = found.text
        }
        guard let value else { return nil }
        return (chosen, found, value)
    }

    /// A secret's file without the line feed at its end.
    private mutating func contents(of found: Found, _ key: String) -> String? {
        guard let path = self.parse(found, key, .absolutePath) else { return nil }
        self.note(file: path)
        do throws(TextFile.Failure) {
            let file = try TextFile.readWithMode(path, limit: 64 << 10)
            if file.mode & 0o004 != 0 {
                self.warn(
                    found.place,
                    key,
                    "\(path) can be read by every user of this machine; take that right away (chmod 640)"
                )
            }
            let text = String(file.text.reversed().drop { $0.isNewline }.reversed())
            if text.isEmpty { self.add(found.place, key, "\(path) is empty; put the \(Self.word(of: key)) into it") }
            return text.isEmpty ? nil : text
        } catch {
            self.add(found.place, key, "\(path) \(error.message)")
            return nil
        }
    }

    /// A secret from the variable that a setting names.
    private mutating func variable(_ found: Found, _ key: String) -> String? {
        guard let name = self.parse(found, key, .variable) else { return nil }
        self.name(variable: name)
        guard let value = self.environment[name], !value.isEmpty else {
            self.add(found.place, key, "the environment variable \(name) is not set")
            return nil
        }
        return value
    }

    /// What a secret's file is to hold, by the setting's name.
    private static func word(of key: String) -> String {
        switch key.split(separator: ".").last {
        case "passwordFile": "password"
        case "tokenFile": "token"
        default: "key"
        }
    }
}
