import GRDB
import HydraScanners
import JSON

/// Makes, changes, runs and deletes scanners for the API.
///
/// Any thread; each function is one transaction and may wait for the disk.
struct ScannerEndpoint: Sendable {
    let engine: Engine
    let account: Account

    /// `POST /v1/scanners`.
    func create(_ body: [UInt8]) throws -> APIAnswer {
        try self.answering {
            let request = try ScannerRequest(try self.document(body), for: .create)
            guard let definition = request.definition, let name = request.name else {
                throw ScannerProblem.refused("a scanner needs a name")
            }
            let (document, id) = try self.write { db in
                let row = try ScannerStore(db: db, account: self.account).create(
                    name: name,
                    definition: definition,
                    isEnabled: request.isEnabled ?? true,
                    takesInPast: request.takesInPast,
                    now: self.engine.clock()
                )
                return try self.document(row: row, in: db)
            }
            return APIAnswer(status: 201, headers: [("Location", "/v1/scanners/\(id)")], body: document)
        }
    }

    /// `PATCH /v1/scanners/{id}`.
    func change(_ id: String, _ body: [UInt8]) throws -> APIAnswer {
        try self.answering {
            let value = try self.document(body)
            let kind = try self.engine.store.read { db in
                try ScannerStore(db: db, account: self.account).find(id)?.kind
            }
            guard let kind else { return .notFound(Self.unknown) }
            let request = try ScannerRequest(value, for: .change(kind))
            let document = try self.write { db -> [UInt8]? in
                let store = ScannerStore(db: db, account: self.account)
                guard let scanner = try store.find(id) else { return nil }
                var change = ScannerChange()
                change.name = request.name
                change.isEnabled = request.isEnabled
                change.definition = request.definition
                change.takesInPast = request.takesInPast
                try store.change(scanner, change, version: request.version, now: self.engine.clock())
                return try self.document(row: scanner.id, in: db).document
            }
            return document.map { .json($0) } ?? .notFound(Self.unknown)
        }
    }

    /// `DELETE /v1/scanners/{id}`.
    func delete(_ id: String) throws -> APIAnswer {
        let isDeleted = try self.write { db in
            let store = ScannerStore(db: db, account: self.account)
            guard let scanner = try store.find(id) else { return false }
            try store.delete(scanner, now: self.engine.clock())
            return true
        }
        return isDeleted ? APIAnswer(status: 204, body: []) : .notFound(Self.unknown)
    }

    /// `POST /v1/scanners/{id}/runs`.
    func run(_ id: String) throws -> APIAnswer {
        try self.answering {
            let document = try self.write { db -> [UInt8]? in
                let store = ScannerStore(db: db, account: self.account)
                guard let scanner = try store.find(id) else { return nil }
                try store.run(scanner, now: self.engine.clock())
                guard let run = try store.lastRun(of: scanner) else { return nil }
                var writer = JSONWriter(reserving: 256)
                Records(db: db, account: self.account).write(run, into: &writer)
                return writer.bytes
            }
            return document.map { APIAnswer(status: 202, body: $0) } ?? .notFound(Self.unknown)
        }
    }

    /// `POST /v1/scanners/preview`.
    func preview(_ body: [UInt8]) throws -> APIAnswer {
        try self.answering {
            let request = try ScannerRequest(try self.document(body), for: .preview)
            guard let definition = request.definition else {
                throw ScannerProblem.refused("a preview needs a definition")
            }
            return try self.engine.store.read { db in
                var scanner: Scanner?
                if let id = request.scanner {
                    scanner = try ScannerStore(db: db, account: self.account).find(id)
                    if scanner == nil { return .notFound(Self.unknown) }
                }
                let preview = ScannerPreview(db: db, account: self.account, now: self.engine.clock())
                return .json(try preview.document(definition, instead: scanner))
            }
        }
    }

    private static let unknown = "There is no such scanner."

    private func document(row: Int64, in db: Database) throws -> (document: [UInt8], id: String) {
        let statement = try db.cachedStatement(sql: "SELECT \(Scanner.columns) FROM scanners WHERE id = ?")
        guard let scanner = try Row.fetchOne(statement, arguments: [row]).map({ try Scanner(row: $0) }) else {
            throw DatabaseError(resultCode: .SQLITE_NOTFOUND, message: "scanner \(row) is gone")
        }
        let document = try Records(db: db, account: self.account).scannerDocument(scanner.publicID)
        return (document ?? [], scanner.publicID)
    }

    private func document(_ body: [UInt8]) throws -> JSONValue {
        try self.engine.parsers.parse(body).root
    }

    private func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        let result = try self.engine.store.pool.write(body)
        self.engine.scanning.wake()
        return result
    }

    /// Puts what is wrong with a request into an answer.
    private func answering(_ body: () throws -> APIAnswer) throws -> APIAnswer {
        do {
            return try body()
        } catch let error as JSONError {
            return .error(400, code: "not_json", message: "The body is not JSON: \(error.message)")
        } catch let mistakes as DefinitionMistakes {
            return .mistakes(mistakes)
        } catch let problem as ScannerProblem {
            return .error(problem)
        }
    }
}

extension APIAnswer {
    /// `definition_invalid` with every mistake.
    fileprivate static func mistakes(_ mistakes: DefinitionMistakes) -> APIAnswer {
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        writer.member("code", "definition_invalid")
        let first = mistakes.mistakes.first.map { $0.path.isEmpty ? $0.message : "`\($0.path)` \($0.message)" } ?? ""
        let others = mistakes.mistakes.count > 1 ? " and \(mistakes.mistakes.count - 1) more" : ""
        writer.member("message", "The scanner cannot be kept: \(first)\(others).")
        writer.key("mistakes")
        writer.beginArray()
        for mistake in mistakes.mistakes {
            writer.beginObject()
            writer.member("path", mistake.path)
            writer.member("message", mistake.message)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return APIAnswer(status: 422, body: writer.bytes, code: "definition_invalid")
    }

    fileprivate static func error(_ problem: ScannerProblem) -> APIAnswer {
        switch problem {
        case .tooMany:
            .error(409, code: "too_many", message: "An account may have \(ScannerStore.maximumCount) scanners.")
        case .existsAlready(let kind):
            .error(
                409,
                code: "exists_already",
                message: "There is a scanner of the kind \(kind.rawValue) already: change or delete that one."
            )
        case .editedMeanwhile(let version):
            .error(
                409,
                code: "edited_meanwhile",
                message: "Somebody else has changed the scanner: it is at version \(version) now. Read it again first."
            )
        case .refused(let reason): .error(409, code: "refused", message: "This cannot be done: \(reason).")
        }
    }
}
