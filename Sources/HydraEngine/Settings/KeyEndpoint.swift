import Foundation
import GRDB
import JSON

/// Makes, rotates and revokes API keys for the API.
///
/// A key is shown once, when it is made; only its hash is kept. Any thread; each function is one transaction and may wait
/// for the disk.
struct KeyEndpoint: Sendable {
    /// Keys of an account, at most.
    private static let maximumKeys = 100
    /// Seconds that a rotated key goes on working: a day unless said otherwise, 30 days at most.
    private static let grace: Int64 = 86_400
    private static let maximumGrace: Int64 = 2_592_000

    let engine: Engine
    let account: Account

    /// The id of a key in answers: says nothing about other accounts' keys.
    static func publicID(_ id: Int64, _ account: Account) -> String {
        PublicID.apiKey(RecordKey(salt: account.salt, kind: .apiKey, value: "\(id)"))
    }

    /// `POST /v1/settings/keys`.
    func create(_ body: [UInt8]) throws -> APIAnswer {
        try self.answering {
            let fields = try SettingsBody(self.engine.parsers, body, members: ["name"])
            return try self.insert(name: try fields.name("name", isNeeded: true) ?? "", replacing: nil, grace: 0)
        }
    }

    /// `POST /v1/settings/keys/{id}/rotate`.
    func rotate(_ id: String, _ body: [UInt8]) throws -> APIAnswer {
        try self.answering {
            let fields = try SettingsBody(self.engine.parsers, body, members: ["name", "graceSeconds"])
            let grace = try fields.integer("graceSeconds", in: 0...Self.maximumGrace) ?? Self.grace
            return try self.insert(name: try fields.name("name", isNeeded: false), replacing: id, grace: grace)
        }
    }

    /// `DELETE /v1/settings/keys/{id}`: it stops working at once.
    func revoke(_ id: String) throws -> APIAnswer {
        let now = Instant.now().milliseconds
        let outcome = try self.engine.store.pool.write { db -> APIAnswer in
            let keys = try self.keys(in: db)
            guard let key = keys.first(where: { $0.publicID == id }) else { return .notFound(Self.unknown) }
            let others = keys.filter { $0.id != key.id && ($0.validUntil.map { $0 > now } ?? true) }
            guard !others.isEmpty else {
                return .error(
                    409,
                    code: "last_key",
                    message: "This is the account's last key: make another one first, or rotate this one."
                )
            }
            try db.execute(
                sql: "UPDATE apiKeys SET validUntil = min(coalesce(validUntil, ?1), ?1) WHERE id = ?2",
                arguments: [now, key.id]
            )
            return APIAnswer(status: 204, body: [])
        }
        self.engine.keys.forget()
        return outcome
    }

    private static let unknown = "There is no such key."

    private struct Key {
        let id: Int64
        let publicID: String
        let name: String
        let validUntil: Int64?
    }

    private func keys(in db: Database) throws -> [Key] {
        try Row.fetchAll(
            db,
            sql: "SELECT id, name, validUntil FROM apiKeys WHERE account = ? ORDER BY id",
            arguments: [self.account.id]
        ).map { row in
            Key(id: row[0], publicID: Self.publicID(row[0], self.account), name: row[1], validUntil: row[2])
        }
    }

    private func insert(name: String?, replacing old: String?, grace: Int64) throws -> APIAnswer {
        let secret = KeySecret.random()
        let now = Instant.now()
        let answer = try self.engine.store.pool.write { db -> APIAnswer in
            let keys = try self.keys(in: db)
            guard keys.count < Self.maximumKeys else {
                return .error(409, code: "too_many", message: "An account may have \(Self.maximumKeys) keys.")
            }
            var name = name
            if let old {
                guard let key = keys.first(where: { $0.publicID == old }) else { return .notFound(Self.unknown) }
                name = name ?? key.name
                try db.execute(
                    sql: "UPDATE apiKeys SET validUntil = min(coalesce(validUntil, ?1), ?1) WHERE id = ?2",
                    arguments: [now.milliseconds &+ grace &* 1000, key.id]
                )
            }
            let kept = name ?? ""
            try db.execute(
                sql: "INSERT INTO apiKeys (account, hash, name, hint, createdAt) VALUES (?, ?, ?, ?, ?)",
                arguments: [self.account.id, secret.hash.data, kept, secret.hint, now.milliseconds]
            )
            var writer = JSONWriter(reserving: 256)
            writer.beginObject()
            writer.member("id", Self.publicID(db.lastInsertedRowID, self.account))
            writer.member("name", kept)
            writer.member("key", secret.value)
            writer.member("masked", KeyStore.masked(secret.hint))
            writer.member("createdAt", now.iso8601)
            writer.nullMember("validUntil")
            writer.endObject()
            return APIAnswer(status: 201, body: writer.bytes)
        }
        self.engine.keys.forget()
        return answer
    }

    private func answering(_ body: () throws -> APIAnswer) throws -> APIAnswer {
        do {
            return try body()
        } catch let problem as SettingsProblem {
            return .error(problem.status, code: problem.code, message: problem.message)
        }
    }
}
