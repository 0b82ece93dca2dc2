import Crypto
import Foundation
import GRDB
import HydraDataPoints
import HydraScanners
import JSON

/// Looks at records of one account: sources their data points and asks the scanners.
///
/// What it finds is a function of the calls that were taken, the scanners and the day, whatever the order of arrival.
/// Lives within one read access to the database, which shows one moment.
final class RecordExaminer {
    /// Newest calls of a person, of each kind, whose context counts.
    private static let contextCalls = 10
    /// Features of a person or company that conditions can read: those with the most uses.
    private static let maximumFeatures = 500

    let db: Database
    let account: Account
    let scanners: ScannerSet
    let now: Instant
    private let parser = JSONParser()
    private var companies: [Int64: CompanyFacts] = [:]
    private var sources: Set<NetworkSource>?

    init(db: Database, account: Account, scanners: ScannerSet, now: Instant) {
        self.db = db
        self.account = account
        self.scanners = scanners
        self.now = now
    }

    // MARK: Persons

    /// - Returns: nil if the account has no such person (any more).
    func examine(person: Int64) throws -> PersonFinding? {
        guard let (facts, points, company) = try self.facts(ofPerson: person) else { return nil }
        var results: [(scanner: Int64, result: ScanResult?)] = []
        if let (scanner, evaluator) = self.scanners.role {
            results.append((scanner, evaluator.scan(facts)))
        }
        for persona in self.scanners.personas {
            results.append((persona.scanner, persona.evaluator.scan(facts)))
        }
        let timeline = CompanyTimeline(db: self.db, account: self.account, parser: self.parser)
        let spans = try timeline.spans(of: person, current: company)
        return PersonFinding(
            person: person,
            points: points.jsonText,
            results: results,
            spans: spans,
            usedCompanies: self.scanners.companiesReadUsage ? spans.map(\.company) : []
        )
    }

    /// What conditions can read of a person, its data points, and the company it belongs to.
    func facts(ofPerson person: Int64) throws -> (PersonFacts, [DataPoint], company: Int64?)? {
        let statement = try self.db.cachedStatement(sql: "SELECT company FROM persons WHERE id = ? AND account = ?")
        guard let row = try Row.fetchOne(statement, arguments: [person, self.account.id]) else { return nil }
        let company: Int64? = row[0]
        let traits = try MergedTraits.ofPerson(person, in: self.db).facts(parser: self.parser)
        let points = self.scanners.personSources.dataPoints(
            traits: traits,
            contexts: try self.contexts(of: person)
        )
        var facts = PersonFacts()
        facts.traits = Self.values(traits)
        facts.dataPoints = Self.values(points)
        facts.company = try company.flatMap { try self.facts(ofCompany: $0) }
        if self.scanners.personsReadUsage { facts.usage = try self.usage(.person(person)) }
        facts.role = self.scanners.role?.evaluator.role(facts) ?? self.scanners.standardRole.role(facts)
        return (facts, points, company)
    }

    /// The contexts of the newest calls, the newest first.
    private func contexts(of person: Int64) throws -> [ContextFact] {
        let statement = try self.db.cachedStatement(
            sql: """
                SELECT body, timestamp, receivedAt, sequence, messageId FROM events WHERE person = ? AND kind = ?
                ORDER BY timestamp DESC, receivedAt DESC, sequence DESC, messageId DESC LIMIT ?
                """
        )
        var found: [(stamp: Stamp, fact: ContextFact)] = []
        for kind in [1, 2] {
            let rows = try Row.fetchCursor(statement, arguments: [person, kind, Self.contextCalls])
            while let row = try rows.next() {
                guard let root = try? self.parser.parse([UInt8](row[0] as Data)).root,
                    let fact = ContextFact(body: root, time: row[1])
                else { continue }
                found.append((Stamp(row, at: 1), fact))
            }
        }
        return found.sorted { $0.stamp > $1.stamp }.map(\.fact)
    }

    // MARK: Companies

    /// - Returns: nil if there is no such company (any more).
    func examine(company: Int64) throws -> CompanyFinding? {
        guard let (facts, points) = try self.readCompany(company) else { return nil }
        return CompanyFinding(
            company: company,
            points: points.jsonText,
            results: self.scanners.profiles.map { ($0.scanner, $0.evaluator.scan(facts)) },
            facts: self.digest(facts)
        )
    }

    /// What conditions can read of a company; remembered for the next person of it.
    func facts(ofCompany company: Int64) throws -> CompanyFacts? {
        if let known = self.companies[company] { return known }
        guard let (facts, _) = try self.readCompany(company) else { return nil }
        self.companies[company] = facts
        return facts
    }

    /// Those that the account has switched on.
    private func networkSources() throws -> Set<NetworkSource> {
        if let known = self.sources { return known }
        let sources = try SourcingSettings.of(self.account.id, in: self.db).sources
        self.sources = sources
        return sources
    }

    private func readCompany(_ company: Int64) throws -> (CompanyFacts, [DataPoint])? {
        let statement = try self.db.cachedStatement(
            sql: """
                SELECT domain, (SELECT count(*) FROM persons WHERE persons.company = companies.id) FROM companies
                WHERE id = ? AND account = ?
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [company, self.account.id]) else { return nil }
        let domain: String? = row[0]
        let traits = try MergedTraits.ofCompany(company, in: self.db).facts(parser: self.parser)
        let network = try domain.map {
            try SourcedDomains.points(of: $0, in: self.networkSources(), parser: self.parser, self.db)
        }
        let points = CompanySources().dataPoints(domain: domain, traits: traits, network: network ?? [])
        var facts = CompanyFacts()
        facts.traits = Self.values(traits)
        facts.dataPoints = Self.values(points)
        facts.knownPeople = row[1]
        if self.scanners.companiesReadUsage || self.scanners.personsReadUsage {
            facts.usage = try self.usage(.company(company))
        }
        return (facts, points)
    }

    /// Without the use, which changes with every event: scanners of persons that read it are asked at each event anyway.
    private func digest(_ facts: CompanyFacts) -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.beginArray()
        for values in [facts.traits, facts.dataPoints] {
            for (name, value) in values.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                writer.value(name)
                value.write(into: &writer)
            }
        }
        if self.scanners.personsReadKnownPeople { writer.value(facts.knownPeople) }
        writer.endArray()
        return Array(SHA256.hash(data: Data(writer.bytes)).prefix(16))
    }

    // MARK: Use

    private func usage(_ subject: UsageSubject) throws -> UsageFacts {
        guard let usageSet = self.scanners.usageSet else { return UsageFacts.none }
        let today = UsageDay(self.now)
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(
                sql: """
                    SELECT features.name, used.* FROM (
                        SELECT usage.feature AS feature,
                            sum(negative + neutral + positive) FILTER (WHERE day > ?3 - 7 AND day <= ?3),
                            sum(negative + neutral + positive) FILTER (WHERE day > ?3 - 30 AND day <= ?3),
                            sum(negative + neutral + positive) FILTER (WHERE day > ?3 - 90 AND day <= ?3),
                            sum(negative + neutral + positive) AS uses,
                            sum(negative), sum(neutral), sum(positive), max(day)
                        FROM \(subject.identities) AS member CROSS JOIN usage
                            ON usage.usageSet = ?2 AND usage.identity = member.identity
                                AND day BETWEEN member.firstDay AND member.lastDay
                        GROUP BY usage.feature ORDER BY uses DESC, usage.feature LIMIT ?4) AS used
                    JOIN features ON features.id = used.feature
                    """
            ),
            arguments: [subject.row, usageSet, today.number, Self.maximumFeatures]
        )
        var features: [String: UsageFacts.Feature] = [:]
        while let row = try rows.next() {
            features[SQLText.read(row, 0) ?? ""] = UsageFacts.Feature(
                uses7: row[2] ?? 0,
                uses30: row[3] ?? 0,
                uses90: row[4] ?? 0,
                uses: row[5] ?? 0,
                negative: row[6] ?? 0,
                neutral: row[7] ?? 0,
                positive: row[8] ?? 0,
                daysSinceLast: Int(clamping: max(0, today.number &- (row[9] as Int64)))
            )
        }
        return UsageFacts(features: features)
    }

    private static func values(_ traits: [TraitFact]) -> [String: DataValue] {
        Dictionary(traits.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private static func values(_ points: [DataPoint]) -> [String: DataValue] {
        Dictionary(points.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
