private import Foundation

/// A request as ``HydraScript`` got it.
package struct HydraScriptRequest: Sendable {
    package let method: String
    /// Without the query.
    package let path: String
    /// What follows the `?`; empty without one.
    package let query: String
    /// As they came, in order.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// When its last byte arrived.
    package let at: ContinuousClock.Instant

    /// A header's value; nil unless it stands there exactly once.
    package func header(_ name: String) -> String? {
        let values = self.headers(name)
        return values.count == 1 ? values.first : nil
    }

    /// All values of a header, whatever the case of its name.
    package func headers(_ name: String) -> [String] {
        let name = name.lowercased()
        return self.headers.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The body as text.
    package var text: String { String(decoding: self.body, as: UTF8.self) }

    /// The calls in the body: one, or a batch's. Empty if the body is not what the contract says.
    package var calls: [HydraScriptCall] {
        guard let object = (try? JSONSerialization.jsonObject(with: Data(self.body))) as? [String: Any] else {
            return []
        }
        if self.path == "/v1/batch" {
            return (object["batch"] as? [[String: Any]] ?? []).map { HydraScriptCall($0, at: self.at) }
        }
        return [HydraScriptCall(object, at: self.at)]
    }
}
