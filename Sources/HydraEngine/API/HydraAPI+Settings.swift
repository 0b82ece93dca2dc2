import GRDB
import JSON

/// The part of the interface that is about keys and connected sources.
extension HydraAPI {
    /// `POST /v1/settings/identities/separate`.
    func separate(account: Account, exchange: Exchange) {
        let isTaken = self.engine.separate(account) { result in
            switch result {
            case .success(let separation):
                var writer = JSONWriter(reserving: 128)
                writer.beginObject()
                writer.member("ids", separation.ids)
                writer.member("personsBefore", separation.personsBefore)
                writer.member("personsAfter", separation.personsAfter)
                writer.member("movedCalls", separation.movedCalls)
                writer.endObject()
                exchange.finish(.json(writer.bytes), route: .settings(.separate))
            case .failure(let problem): exchange.finish(.error(problem), route: .settings(.separate))
            }
        }
        if !isTaken {
            exchange.finish(.error(CallProblem(.unavailable, "Hydra is stopping.")), route: .settings(.separate))
        }
    }

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
        case (.identities, _):
            let identities = IdentityEndpoint(engine: self.engine, account: account)
            return request.method == "PATCH" ? try identities.change(request.body) : try identities.show()
        case (.separate, _): return .notFound("There is nothing to read here.")
        }
    }
}
