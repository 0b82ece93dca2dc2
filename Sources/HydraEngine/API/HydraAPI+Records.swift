import GRDB
import HydraPatterns
import HydraRoles

/// The part of the interface that answers questions and forgets.
extension HydraAPI {
    /// Everything under GET that needs a key.
    func read(_ route: APIRoute, query: String, account: Account) throws -> APIAnswer {
        let parameters = try QueryParameters(query)
        return try self.engine.store.read { db in
            let records = Records(db: db, account: account)
            switch route {
            case .persons:
                return .json(try Self.persons(records, parameters))
            case .companies:
                return .json(try Self.companies(records, parameters))
            case .person(let id):
                return try records.personDocument(id).map { .json($0) } ?? .notFound("There is no such person.")
            case .company(let id):
                return try records.companyDocument(id).map { .json($0) } ?? .notFound("There is no such company.")
            case .personEvents(let id):
                return try Self.events(records, id: id, parameters)
            case .use(let use, let isOfCompany, let id):
                let now = self.engine.clock()
                return try Self.use(use, isOfCompany: isOfCompany, id: id, records, parameters, now: now)
            case .patterns: return .json(try records.patterns(of: .account, account.id))
            case .call, .batch, .scanners, .settings, .contract, .live, .ready:
                return .notFound("There is nothing to read here.")
            }
        }
    }

    private static func persons(_ records: Records, _ parameters: QueryParameters) throws -> [UInt8] {
        let filter = PersonFilter(
            userId: parameters["userId"],
            anonymousId: parameters["anonymousId"],
            email: parameters["email"],
            text: try parameters.searchText(),
            company: parameters["company"],
            persona: parameters["persona"],
            role: (try parameters.choice("role") as JobFunction?)?.rawValue,
            trend: try parameters.choice("trend"),
            label: try parameters.choice("label"),
            order: try parameters.order(ListOrder.persons)
        )
        let cursor = try parameters.cursor(scope: filter.scope, account: records.account)
        return try records.persons(filter, after: cursor, limit: try parameters.limit())
    }

    private static func companies(_ records: Records, _ parameters: QueryParameters) throws -> [UInt8] {
        let filter = CompanyFilter(
            domain: parameters["domain"],
            text: try parameters.searchText(),
            trend: try parameters.choice("trend"),
            label: try parameters.choice("label"),
            order: try parameters.order(ListOrder.companies)
        )
        let cursor = try parameters.cursor(scope: filter.scope, account: records.account)
        return try records.companies(filter, after: cursor, limit: try parameters.limit())
    }

    private static func events(_ records: Records, id: String, _ parameters: QueryParameters) throws -> APIAnswer {
        guard let person = try records.person(id) else { return .notFound("There is no such person.") }
        let scope = Records.eventsScope(id: id)
        let cursor = try parameters.cursor(scope: scope, account: records.account)
        let limit = try parameters.limit()
        return .json(try records.events(ofPerson: person, scope: scope, after: cursor, limit: limit))
    }

    /// `DELETE /v1/persons/{id}`.
    func erase(_ id: String, account: Account, exchange: Exchange) {
        guard let key = PublicID.personKey(id) else {
            return exchange.finish(.notFound("There is no such person."), route: .person(id: id))
        }
        let isTaken = self.engine.erase(key, account: account) { result in
            let answer: APIAnswer =
                switch result {
                case .success(true): APIAnswer(status: 204, body: [])
                case .success(false): .notFound("There is no such person.")
                case .failure(let problem): .error(problem)
                }
            exchange.finish(answer, route: .person(id: id))
        }
        if !isTaken {
            exchange.finish(.error(CallProblem(.unavailable, "Hydra is stopping.")), route: .person(id: id))
        }
    }
}
