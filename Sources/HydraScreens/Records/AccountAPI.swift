import HydraEngine
import JSON
import Synchronization

/// The API as the pages ask it: on behalf of an account, in this process. So a page shows exactly what the API says.
///
/// Any thread; reads run on the calling one.
struct AccountAPI: Sendable {
    let api: HydraAPI
    let account: Account
    let requestID: String
    let parsers: ParserPool

    /// - Parameter query: what is nil is left out; what is empty is asked for.
    func get(_ path: String, _ query: [(String, String?)] = []) -> APIReply {
        let pairs = query.compactMap { name, value in
            value.map { "\(LocalURL.encode(name))=\(LocalURL.encode($0))" }
        }
        return self.wait(
            APIRequest(method: "GET", path: path, query: pairs.joined(separator: "&"), requestID: self.requestID)
        )
    }

    /// Changes something. Not for erasing a person, which the committer answers; see ``erase(_:completion:)``.
    func send(_ method: String, _ path: String, _ body: [UInt8] = []) -> APIReply {
        self.wait(APIRequest(method: method, path: path, requestID: self.requestID, body: body))
    }

    /// - Parameter completion: runs on another thread, when it is on disk.
    func erase(_ id: String, completion: @escaping @Sendable (APIReply) -> Void) {
        let parsers = self.parsers
        let request = APIRequest(method: "DELETE", path: "/v1/persons/\(id)", requestID: self.requestID)
        self.api.answer(request, as: self.account) { completion(APIReply($0, parsers)) }
    }

    /// What is asked here is answered before the API returns.
    private func wait(_ request: APIRequest) -> APIReply {
        let box = Box()
        self.api.answer(request, as: self.account) { answer in box.answer.withLock { $0 = answer } }
        guard let answer = box.answer.withLock({ $0 }) else {
            preconditionFailure("\(request.method) \(request.path) is not answered on the calling thread")
        }
        return APIReply(answer, self.parsers)
    }

    private final class Box: Sendable {
        let answer = Mutex<APIAnswer?>(nil)
    }
}
