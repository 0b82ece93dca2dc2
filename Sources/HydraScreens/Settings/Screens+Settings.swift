import HydraEngine
import JSON
import Logging
import Synchronization

/// Settings: API keys, connecting sources, network sourcing, the administrator's password.
extension Screens {
    private static let section = "/settings"
    /// How long a rotated key may go on working.
    private static let graces: [(value: String, text: String)] = [
        ("0", "stops at once"), ("3600", "works for another hour"), ("86400", "works for another day"),
        ("604800", "works for another 7 days"), ("2592000", "works for another 30 days"),
    ]

    func settings(_ visit: Visit, keyName: String = "", keyProblem: String? = nil, status: Int = 200) -> ScreenAnswer {
        let sources = visit.api.get("/v1/settings/sources")
        let rows = sources.items.map { source -> Fields in
            let identifies = source.integer("identifies") ?? 0
            let tracks = source.integer("tracks") ?? 0
            return Fields(known: [
                "name": source.text("name") ?? "",
                "first": Moments.fields(source.text("firstEventAt"), now: visit.now),
                "last": Moments.fields(source.text("lastEventAt"), now: visit.now),
                "identifies": ["short": Figures.short(identifies), "full": Figures.full(identifies)] as Fields,
                "tracks": ["short": Figures.short(tracks), "full": Figures.full(tracks)] as Fields,
                "clocks": Self.clockText(source),
            ])
        }
        let fields = Fields(known: [
            "keys": self.keys(visit),
            "keyName": keyName,
            "keyProblem": keyProblem,
            "sources": rows,
            "hasSources": !rows.isEmpty,
            "sourcing": self.sourcingFields(visit),
            "identities": self.identityFields(visit),
            "gateway": self.gateway(visit),
            "snippets": Snippets(gateway: self.gateway(visit), writeKey: self.options.writeKey).fields,
            "isPlaceholder": self.options.writeKey == nil,
            "passwordLength": ScreenLimits.passwordCharacters.lowerBound,
        ])
        return self.page("settings", title: "Settings", section: Self.section, status: status, visit, fields)
    }

    private func keys(_ visit: Visit) -> [Fields] {
        // Keys are judged by the system's clock, whatever the pages' is.
        let now = Instant.now().iso8601
        return visit.api.get("/v1/settings/keys").items.map { key -> Fields in
            let until = key.text("validUntil")
            // Times of this form compare as texts.
            let isOver = until.map { $0 <= now } ?? false
            return Fields(known: [
                "name": key.text("name") ?? "",
                "masked": key.text("masked") ?? "",
                "created": Moments.fields(key.text("createdAt"), now: visit.now),
                "until": isOver ? nil : Moments.fields(until, now: visit.now),
                "ended": isOver ? Moments.fields(until, now: visit.now) : nil,
                "isWorking": until == nil,
                "path": isOver ? nil : "/settings/keys/\(key.text("id") ?? "")",
            ])
        }
    }

    /// Where sources send to: as the program was told, else the host that the visitor asked for.
    private func gateway(_ visit: Visit) -> String {
        if let gateway = self.options.gateway { return gateway }
        let host = visit.request.headers.host ?? ""
        // A name or an address, with or without a port; the port is Hydra's, not the gateway's.
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
                UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
        guard isPlain, !host.isEmpty else { return "https://events.example.com" }
        let end = host.hasSuffix("]") ? nil : host.lastIndex(of: ":")
        return "https://" + (end.map { String(host[..<$0]) } ?? host)
    }

    // MARK: Keys

    private func key(_ id: String, _ visit: Visit) -> JSONValue? {
        visit.api.get("/v1/settings/keys").items.first { $0.text("id") == id }
    }

    private func noKey(_ visit: Visit) -> ScreenAnswer {
        self.message(
            404,
            "There is no such key",
            "It is another account's, or the address is wrong.",
            visit,
            link: (Self.section, "Settings")
        )
    }

    /// Shows a new key, on the next page alone.
    private func show(_ reply: APIReply, _ text: String, _ visit: Visit) -> ScreenAnswer {
        let notice = Notices.Notice(text: text, key: reply.root?.text("key"), keyName: reply.root?.text("name"))
        self.notices.leave(notice, for: visit.token.hash)
        return .redirect(Self.section)
    }

    func createKey(_ visit: Visit) -> ScreenAnswer {
        let name = visit.form.trimmed("name")
        let reply = visit.api.send("POST", "/v1/settings/keys", Self.object([("name", name)]))
        guard reply.isSuccess else {
            let problem = reply.message.replacing("`name`", with: "The name")
            return self.settings(visit, keyName: name, keyProblem: problem, status: reply.status)
        }
        return self.show(reply, "The new API key is shown here once, and never again. Copy it now.", visit)
    }

    func rotateKey(_ id: String, _ visit: Visit) -> ScreenAnswer {
        guard let key = self.key(id, visit) else { return self.noKey(visit) }
        guard visit.isPost else {
            return self.page(
                "rotate",
                title: "Rotate a key",
                section: Self.section,
                visit,
                [
                    "name": key.text("name") ?? "", "masked": key.text("masked") ?? "",
                    "action": "/settings/keys/\(id)/rotate",
                    "options": Choices.fields(Self.graces, chosen: "86400"),
                ]
            )
        }
        let grace = visit.form.trimmed("grace")
        guard Self.graces.contains(where: { $0.value == grace }) else {
            return self.done("Choose how long the old key goes on working.", isProblem: true, next: Self.section, visit)
        }
        let reply = visit.api.send("POST", "/v1/settings/keys/\(id)/rotate", Array("{\"graceSeconds\":\(grace)}".utf8))
        guard reply.isSuccess else { return self.done(reply.message, isProblem: true, next: Self.section, visit) }
        return self.show(
            reply,
            "This key takes the old one's place. It is shown here once, and never again. Copy it now.",
            visit
        )
    }

    func revokeKey(_ id: String, _ visit: Visit) -> ScreenAnswer {
        guard let key = self.key(id, visit) else { return self.noKey(visit) }
        guard visit.isPost else {
            return self.confirm(
                title: "Revoke this key?",
                subject: "\(key.text("name") ?? "") (\(key.text("masked") ?? ""))",
                text: """
                    It stops working at once, for good. What comes in with it is refused: a gateway keeps its calls and \
                    waits for another key.
                    """,
                button: "Revoke",
                action: "/settings/keys/\(id)/revoke",
                back: Self.section,
                section: Self.section,
                visit
            )
        }
        let reply = visit.api.send("DELETE", "/v1/settings/keys/\(id)")
        return self.done(
            reply.isSuccess ? "The key was revoked." : reply.message,
            isProblem: !reply.isSuccess,
            next: Self.section,
            visit
        )
    }

    // MARK: Clocks and ids

    /// - Returns: nil where all clocks were right.
    private static func clockText(_ source: JSONValue) -> String? {
        guard let faults = source["clockFaults"] else { return nil }
        let parts = [
            ("ahead", "ahead of their receipt"), ("unset", "without a time"),
            ("sentAt", "with a sentAt that cannot be"),
        ].compactMap { name, words -> String? in
            guard let count = faults[key: name]?.int64, count > 0 else { return nil }
            return "\(Figures.full(count)) \(words)"
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Ids that are nobody's, and those of too many; nil where there are none.
    private func identityFields(_ visit: Visit) -> Fields? {
        let reply = visit.api.get("/v1/settings/identities")
        guard reply.isSuccess, let root = reply.root else { return nil }
        let ignored = root.list("ignored").map { entry -> Fields in
            let value = entry.text("value") ?? ""
            let source = entry.text("source") ?? ""
            return Fields(known: [
                "calls": Figures.full(entry.integer("calls") ?? 0),
                "member": entry.text("member") ?? "",
                "value": value.isEmpty ? "other values" : value,
                "source": source.isEmpty ? "a source without a name" : source,
                "last": Moments.fields(entry.text("lastAt"), now: visit.now),
            ])
        }
        let shared = root.list("shared").map { entry -> Fields in
            let isUser = entry.text("member") == "userId"
            let others = entry.integer("others") ?? 0
            return Fields(known: [
                "path": "/persons/\(entry.text("person") ?? "")",
                "member": entry.text("member") ?? "",
                "value": entry.text("value") ?? "",
                "others": isUser
                    ? Words.count(others, "device left apart", "devices left apart")
                    : Words.count(others, "user", "users"),
                "last": Moments.fields(entry.text("lastAt"), now: visit.now),
            ])
        }
        guard !ignored.isEmpty || !shared.isEmpty else { return nil }
        return Fields(known: [
            "calls": Figures.full(root.integer("ignoredCalls") ?? 0),
            "ignored": ignored, "hasIgnored": !ignored.isEmpty,
            "shared": shared, "hasShared": !shared.isEmpty,
        ])
    }

    // MARK: Network sourcing

    /// - Returns: nil where there is none.
    private func sourcingFields(_ visit: Visit) -> Fields? {
        let reply = visit.api.get("/v1/settings/sourcing")
        guard reply.isSuccess, let root = reply.root else { return nil }
        return ["dns": root["dns"]?.bool ?? false, "homePage": root["homePage"]?.bool ?? false]
    }

    func changeSourcing(_ visit: Visit) -> ScreenAnswer {
        var writer = JSONWriter(reserving: 64)
        writer.beginObject()
        writer.member("dns", visit.form["dns"] != nil)
        writer.member("homePage", visit.form["homePage"] != nil)
        writer.endObject()
        let reply = visit.api.send("PATCH", "/v1/settings/sourcing", writer.bytes)
        return self.done(
            reply.isSuccess ? "Network sourcing was changed." : reply.message,
            isProblem: !reply.isSuccess,
            next: Self.section,
            visit
        )
    }

    // MARK: The password

    func changePassword(_ visit: Visit, completion: @escaping @Sendable (ScreenAnswer) -> Void) {
        let old = visit.form["current"] ?? ""
        let new = visit.form["new"] ?? ""
        func refuse(_ text: String) {
            completion(self.done(text, isProblem: true, next: "\(Self.section)#password", visit))
        }
        guard new == visit.form["again"] else { return refuse("The two new passwords differ.") }
        guard ScreenLimits.passwordCharacters.contains(new.unicodeScalars.count) else {
            return refuse(Words.sentence("\(AdministratorPassword.Problem.length)") + ".")
        }
        if let seconds = self.secondsToWait(visit.request) {
            return refuse("Too many attempts. Try again in \(Words.count(seconds, "second", "seconds")).")
        }
        let isTaken = self.passwordWorker.run { [self] in
            completion(self.passwordChanged(from: old, to: new, visit))
        }
        if !isTaken { refuse("Too many passwords are being checked. Try again in 2 seconds.") }
    }

    /// On the thread that hashes.
    private func passwordChanged(from old: String, to new: String, _ visit: Visit) -> ScreenAnswer {
        do {
            guard try self.password.matches(old) else {
                return self.done(
                    "The current password was not right.",
                    isProblem: true,
                    next: "\(Self.section)#password",
                    visit
                )
            }
            let address = VisitorAddress.network(visit.request.address)
            self.attempts.withLock { $0.succeeded(from: address) }
            try self.password.set(new, replacing: true)
            // All sessions have ended, this one too.
            return ScreenAnswer.redirect("/sign-in?changed").with("Set-Cookie", Cookies.remove(Cookies.session))
        } catch {
            self.logger.error(
                "the password was not changed",
                metadata: ["trace.id": "\(visit.request.requestID)", "error.message": "\(error)"]
            )
            return self.unavailable
        }
    }

    private static func object(_ members: [(String, String)]) -> [UInt8] {
        var writer = JSONWriter(reserving: 128)
        writer.beginObject()
        for (name, value) in members {
            writer.key(string: name)
            writer.value(value)
        }
        writer.endObject()
        return writer.bytes
    }
}
