import HydraEngine
import JSON

/// An answer of the API, read.
///
/// A value; any thread.
struct APIReply: Sendable {
    let status: Int
    let root: JSONValue?

    init(status: Int, root: JSONValue?) {
        self.status = status
        self.root = root
    }

    init(_ answer: APIAnswer, _ parsers: ParserPool) {
        self.status = answer.status
        self.root = answer.body.isEmpty ? nil : try? parsers.parse(answer.body).root
    }

    var isSuccess: Bool { (200..<300).contains(self.status) }
    /// What was asked for is not there, or is not answered by this version.
    var isMissing: Bool { self.status == 404 }

    var items: [JSONValue] { self.root?["items"].map { Array($0.elements) } ?? [] }
    var nextCursor: String? { self.root?["nextCursor"]?.string }

    var code: String { self.root?["code"]?.string ?? "" }
    /// What is wrong, for people.
    var message: String { self.root?["message"]?.string ?? "Hydra answered with status \(self.status)." }

    /// Every mistake in what was sent, each with its path.
    var mistakes: [(path: String, message: String)] {
        self.root?["mistakes"]?.elements.map { ($0.text("path") ?? "", $0.text("message") ?? "") } ?? []
    }
}

extension JSONValue {
    /// A member that is a text.
    func text(_ key: StaticString) -> String? { self[key]?.string }

    func integer(_ key: StaticString) -> Int64? { self[key]?.int64 }

    func number(_ key: StaticString) -> Double? { self[key]?.double }

    /// A member that is there and not null.
    func present(_ key: StaticString) -> JSONValue? {
        self[key].flatMap { $0.isNull ? nil : $0 }
    }

    func list(_ key: StaticString) -> [JSONValue] {
        self[key].map { Array($0.elements) } ?? []
    }

    /// The value for people: a text as it is, everything else as it is written in JSON.
    var display: String {
        switch self.kind {
        case .string: self.string ?? ""
        case .array: self.elements.map(\.display).joined(separator: ", ")
        case .true: "yes"
        case .false: "no"
        case .null: "–"
        // `20.0` is how some writers say 20.
        case .number: self.int64.map { "\($0)" } ?? self.rawString
        case .object: self.rawString
        }
    }
}
