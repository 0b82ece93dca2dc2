/// Why a history could not be sent.
package enum SampleError: Error, CustomStringConvertible {
    case refused(status: Int, body: String)
    case unreachable(url: String, reason: String)

    package var description: String {
        switch self {
        case .refused(let status, let body):
            "the gateway answered \(status): \(body.prefix(300)). Is the write key one of its sources'?"
        case .unreachable(let url, let reason):
            "\(url) cannot be reached: \(reason). Is it running (nginx/up --detach), and is its certificate given?"
        }
    }
}
