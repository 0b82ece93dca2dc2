import Foundation
import GRDB
import HydraScanners
import JSON

/// The product usage scanner of an account, and the counts it shows.
///
/// A value; any thread.
struct UsageSource: Sendable {
    /// The scanner's public id.
    let scanner: String
    /// Of its definition.
    let version: Int64
    let isEnabled: Bool
    let weights: UsageWeights
    let usageSet: Int64
    private let ignored: Set<String>

    var ignoresAny: Bool { !self.ignored.isEmpty }

    func ignores(_ feature: String) -> Bool { self.ignored.contains(feature) }

    /// - Returns: nil for an account without such a scanner.
    static func of(_ account: Account, in db: Database) throws -> UsageSource? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT scanners.key, scanners.isEnabled, scanners.definition, usageSets.id, scanners.version
                FROM scanners
                JOIN usageSets ON usageSets.scanner = scanners.id AND usageSets.isRetired = 0
                WHERE scanners.account = ? AND scanners.kind = 'product_usage' ORDER BY usageSets.id DESC LIMIT 1
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [account.id]), let key = RecordKey(bytes: row[0] as Data)
        else { return nil }
        let definition = try ScannerStore.definition(.usage, stored: row[2])
        guard case .usage(let usage) = definition.config else { return nil }
        return UsageSource(
            scanner: PublicID.scanner(key),
            version: row[4],
            isEnabled: row[1],
            weights: usage.weights,
            usageSet: row[3],
            ignored: Set(usage.ignoredFeatures)
        )
    }
}

extension UsageWeights {
    /// Rounded, so that a sum of decimal weights prints as one.
    func weighted(_ counts: UseCounts) -> Double {
        let sum =
            Double(counts.negative) * self.negative + Double(counts.neutral) * self.neutral
            + Double(counts.positive) * self.positive
        return (sum * 1000).rounded() / 1000
    }
}
