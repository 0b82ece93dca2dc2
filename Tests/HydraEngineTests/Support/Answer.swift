import HydraEngine
import JSON
import TestSupport

/// An answer of the API, read.
struct Answer {
    let status: Int
    let headers: [String: String]
    let text: String
    let root: JSONValue?

    init(_ answer: APIAnswer) {
        self.status = answer.status
        self.headers = Dictionary(answer.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        self.text = String(decoding: answer.body, as: UTF8.self)
        self.root = try? JSONParser().parse(answer.body).root
    }

    var code: String? { self.root?["code"]?.string }
    var items: [JSONValue] { self.root?["items"].map { Array($0.elements) } ?? [] }
    var nextCursor: String? { self.root?["nextCursor"]?.string }

    /// The only item of a list.
    func item() throws -> JSONValue {
        guard self.items.count == 1, let item = self.items.first else {
            throw TestError("one item was expected: \(self.text)")
        }
        return item
    }
}
