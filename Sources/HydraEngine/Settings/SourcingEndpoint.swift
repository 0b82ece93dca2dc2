import GRDB
import JSON

/// Shows and changes which network sources an account has switched on.
///
/// Any thread; both may wait for the disk.
struct SourcingEndpoint: Sendable {
    let engine: Engine
    let account: Account

    /// `GET /v1/settings/sourcing`.
    func show() throws -> APIAnswer {
        let now = self.engine.clock()
        return .json(
            try self.engine.store.read { db in try Records(db: db, account: self.account).sourcing(now: now) }
        )
    }

    /// `PATCH /v1/settings/sourcing`: what is not named stays as it is.
    func change(_ body: [UInt8]) throws -> APIAnswer {
        guard !body.isEmpty else {
            return .error(400, code: "not_json", message: "The body is missing: it says what to switch on or off.")
        }
        let (dns, homePage): (Bool?, Bool?)
        do throws(SettingsProblem) {
            let fields = try SettingsBody(self.engine.parsers, body, members: ["dns", "homePage"])
            (dns, homePage) = (try fields.bool("dns"), try fields.bool("homePage"))
        } catch {
            return .error(error.status, code: error.code, message: error.message)
        }
        try self.engine.store.pool.write { db in
            let before = try SourcingSettings.of(self.account.id, in: db)
            let settings = SourcingSettings(dns: dns ?? before.dns, homePage: homePage ?? before.homePage)
            guard settings != before else { return }
            try settings.write(for: self.account.id, in: db)
            for source in settings.sources.subtracting(before.sources) {
                try SourcedDomains.enqueueCompanies(of: self.account.id, source, in: db)
            }
            // What is known already is shown, or hidden.
            try Findings.restaleCompanies(of: self.account.id, in: db)
        }
        self.engine.scanning.wake()
        self.engine.sourcing.wake()
        return try self.show()
    }
}
