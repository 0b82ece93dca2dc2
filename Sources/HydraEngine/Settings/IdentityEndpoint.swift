import GRDB
import JSON

/// Shows and changes what an account takes for somebody's id.
///
/// Any thread; both may wait for the disk.
struct IdentityEndpoint: Sendable {
    let engine: Engine
    let account: Account

    /// `GET /v1/settings/identities`.
    func show() throws -> APIAnswer {
        .json(try self.engine.store.pool.read { db in try Records(db: db, account: self.account).identitySettings() })
    }

    /// `PATCH /v1/settings/identities`: what is not named stays as it is. Goes for calls from now on.
    func change(_ body: [UInt8]) throws -> APIAnswer {
        guard !body.isEmpty else {
            return .error(400, code: "not_json", message: "The body is missing: it says what to change.")
        }
        let change: (blocked: [String]?, allowed: [String]?, users: Int64?, devices: Int64?)
        do throws(SettingsProblem) {
            let fields = try SettingsBody(
                self.engine.parsers,
                body,
                members: ["blocked", "allowed", "usersPerDevice", "devicesPerUserWeek"]
            )
            change = (
                try fields.texts("blocked"), try fields.texts("allowed"),
                try fields.integer("usersPerDevice", in: IdentityRules.limits),
                try fields.integer("devicesPerUserWeek", in: IdentityRules.limits)
            )
        } catch {
            return .error(error.status, code: error.code, message: error.message)
        }
        try self.engine.store.pool.write { db in
            var rules = try IdentityRules.of(self.account.id, in: db)
            rules.blocked = change.blocked ?? rules.blocked
            rules.allowed = change.allowed ?? rules.allowed
            rules.usersPerDevice = change.users ?? rules.usersPerDevice
            rules.devicesPerWeek = change.devices ?? rules.devicesPerWeek
            try rules.write(for: self.account.id, in: db)
        }
        self.engine.identityRules.forget()
        return try self.show()
    }
}
