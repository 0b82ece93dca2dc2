import GRDB

/// One read over a batch of records, and the write of what was found.
extension ScanWork {
    enum Found: Sendable {
        case person(PersonFinding)
        case company(CompanyFinding)
    }

    func examine(persons: [Int64]) throws -> [Found] {
        try self.examine(persons, table: "persons") { examiner, id in
            try examiner.examine(person: id).map { .person($0) }
        }
    }

    func examine(companies: [Int64]) throws -> [Found] {
        try self.examine(companies, table: "companies") { examiner, id in
            try examiner.examine(company: id).map { .company($0) }
        }
    }

    private func examine(
        _ ids: [Int64],
        table: String,
        _ body: (RecordExaminer, Int64) throws -> Found?
    ) throws -> [Found] {
        guard !ids.isEmpty else { return [] }
        return try self.store.pool.read { db in
            var examiners: [Int64: RecordExaminer] = [:]
            var found: [Found] = []
            for id in ids {
                let account = try Int64.fetchOne(
                    db.cachedStatement(sql: "SELECT account FROM \(table) WHERE id = ?"),
                    arguments: [id]
                )
                guard let account else { continue }
                if examiners[account] == nil, let owner = try Account.find(account, in: db) {
                    examiners[account] = RecordExaminer(
                        db: db,
                        account: owner,
                        scanners: try ScannerSet(account: owner, in: db),
                        now: self.clock()
                    )
                }
                guard let examiner = examiners[account], let finding = try body(examiner, id) else { continue }
                found.append(finding)
            }
            return found
        }
    }

    static func write(_ findings: [Found], in db: Database, now: Instant) throws -> [Int64: Int64] {
        var writer = FindingsWriter(db: db, now: now)
        for finding in findings {
            switch finding {
            case .person(let finding):
                try writer.write(finding)
            case .company(let finding):
                try writer.write(finding)
            }
        }
        return writer.changedResults
    }
}
