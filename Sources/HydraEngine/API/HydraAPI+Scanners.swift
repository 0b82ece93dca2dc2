import GRDB
import JSON

/// The part of the interface that is about scanners and use.
extension HydraAPI {
    func answer(_ route: ScannerRoute, account: Account, request: APIRequest) throws -> APIAnswer {
        let endpoint = ScannerEndpoint(engine: self.engine, account: account)
        switch (route, request.method) {
        case (.preview, _): return try endpoint.preview(request.body)
        case (.list, "POST"): return try endpoint.create(request.body)
        case (.list, _):
            return .json(
                try self.engine.store.read { db in try Records(db: db, account: account).scanners() }
            )
        case (.scanner(let id), "PATCH"): return try endpoint.change(id, request.body)
        case (.scanner(let id), "DELETE"): return try endpoint.delete(id)
        case (.scanner(let id), _):
            let document = try self.engine.store.read { db in
                try Records(db: db, account: account).scannerDocument(id)
            }
            return document.map { .json($0) } ?? .notFound("There is no such scanner.")
        case (.runs(let id), "POST"): return try endpoint.run(id)
        case (.runs(let id), _):
            let parameters = try QueryParameters(request.query)
            return try self.engine.store.read { db in
                guard let scanner = try ScannerStore(db: db, account: account).find(id) else {
                    return .notFound("There is no such scanner.")
                }
                let cursor = try parameters.cursor(scope: Records.runsScope(scanner.publicID), account: account)
                return .json(
                    try Records(db: db, account: account)
                        .runs(of: scanner, after: cursor, limit: try parameters.limit())
                )
            }
        }
    }

    /// Use of a person or of a company's persons.
    static func use(
        _ route: UseRoute,
        isOfCompany: Bool,
        id: String,
        _ records: Records,
        _ parameters: QueryParameters,
        now: Instant
    ) throws -> APIAnswer {
        let row = isOfCompany ? try records.company(id) : try records.person(id)
        guard let row else { return .notFound("There is no such \(isOfCompany ? "company" : "person").") }
        if route == .patterns { return .json(try records.patterns(of: isOfCompany ? .company : .person, row)) }
        let subject: UsageSubject = isOfCompany ? .company(row) : .person(row)
        let window = try UsageWindow(parameters, now: now)
        switch route {
        case .features: return .json(try records.features(of: subject, in: window))
        case .usage, .patterns:
            return .json(try records.usage(of: subject, in: window, by: try UsageStep(parameters), now: now))
        }
    }
}
