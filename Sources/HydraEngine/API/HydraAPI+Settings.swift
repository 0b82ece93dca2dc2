import GRDB

/// The part of the interface that is about keys and connected sources.
extension HydraAPI {
    func answer(_ route: SettingsRoute, account: Account, request: APIRequest) throws -> APIAnswer {
        let keys = KeyEndpoint(engine: self.engine, account: account)
        switch (route, request.method) {
        case (.keys, "POST"): return try keys.create(request.body)
        case (.keys, _):
            // Somebody who is signed in came with none.
            let current = BasicCredentials.user(request.authorization)?.hash
            return .json(
                try self.engine.store.read { db in
                    try Records(db: db, account: account).keys(current: current)
                }
            )
        case (.key(let id), _): return try keys.revoke(id)
        case (.rotate(let id), _): return try keys.rotate(id, request.body)
        case (.sources, _):
            return .json(try self.engine.store.read { db in try Records(db: db, account: account).sources() })
        case (.sourcing, _):
            let sourcing = SourcingEndpoint(engine: self.engine, account: account)
            return request.method == "PATCH" ? try sourcing.change(request.body) : try sourcing.show()
        }
    }
}
