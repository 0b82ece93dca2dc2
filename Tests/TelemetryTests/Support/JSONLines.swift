import Foundation
import Testing

/// Log text read back as an index would: each line must be one JSON object, and name no field twice.
enum JSONLines {
    static func parse(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { try self.object(String($0)) }
    }

    static func object(_ line: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        let fields = try #require(object as? [String: Any])
        // JSONSerialization keeps one of two equal names; the lines here have no nested objects, so the colons after
        // names can be counted.
        let names = line.components(separatedBy: "\":").count - 1
        #expect(names >= fields.count)
        return fields
    }
}
