/// The first line of an answer. It always has a reason: nginx before 1.25.3 passes a broken line on without one.
enum StatusLine {
    /// What a status outside of 200 to 599 becomes: front servers take no interim or unknown classes from FastCGI.
    static let fallback = 500
    static let accepted = 200...599

    /// `Status: 200 OK` and the end of the line.
    static func text(_ status: Int) -> StaticString? {
        switch status {
        case 200: "Status: 200 OK\r\n"
        case 201: "Status: 201 Created\r\n"
        case 202: "Status: 202 Accepted\r\n"
        case 204: "Status: 204 No Content\r\n"
        case 206: "Status: 206 Partial Content\r\n"
        case 207: "Status: 207 Multi-Status\r\n"
        case 301: "Status: 301 Moved Permanently\r\n"
        case 302: "Status: 302 Found\r\n"
        case 303: "Status: 303 See Other\r\n"
        case 304: "Status: 304 Not Modified\r\n"
        case 307: "Status: 307 Temporary Redirect\r\n"
        case 308: "Status: 308 Permanent Redirect\r\n"
        case 400: "Status: 400 Bad Request\r\n"
        case 401: "Status: 401 Unauthorized\r\n"
        case 402: "Status: 402 Payment Required\r\n"
        case 403: "Status: 403 Forbidden\r\n"
        case 404: "Status: 404 Not Found\r\n"
        case 405: "Status: 405 Method Not Allowed\r\n"
        case 406: "Status: 406 Not Acceptable\r\n"
        case 408: "Status: 408 Request Timeout\r\n"
        case 409: "Status: 409 Conflict\r\n"
        case 410: "Status: 410 Gone\r\n"
        case 411: "Status: 411 Length Required\r\n"
        case 412: "Status: 412 Precondition Failed\r\n"
        case 413: "Status: 413 Content Too Large\r\n"
        case 414: "Status: 414 URI Too Long\r\n"
        case 415: "Status: 415 Unsupported Media Type\r\n"
        case 416: "Status: 416 Range Not Satisfiable\r\n"
        case 417: "Status: 417 Expectation Failed\r\n"
        case 421: "Status: 421 Misdirected Request\r\n"
        case 422: "Status: 422 Unprocessable Content\r\n"
        case 423: "Status: 423 Locked\r\n"
        case 424: "Status: 424 Failed Dependency\r\n"
        case 425: "Status: 425 Too Early\r\n"
        case 426: "Status: 426 Upgrade Required\r\n"
        case 428: "Status: 428 Precondition Required\r\n"
        case 429: "Status: 429 Too Many Requests\r\n"
        case 431: "Status: 431 Request Header Fields Too Large\r\n"
        case 451: "Status: 451 Unavailable For Legal Reasons\r\n"
        case 500: "Status: 500 Internal Server Error\r\n"
        case 501: "Status: 501 Not Implemented\r\n"
        case 502: "Status: 502 Bad Gateway\r\n"
        case 503: "Status: 503 Service Unavailable\r\n"
        case 504: "Status: 504 Gateway Timeout\r\n"
        case 505: "Status: 505 HTTP Version Not Supported\r\n"
        case 507: "Status: 507 Insufficient Storage\r\n"
        case 511: "Status: 511 Network Authentication Required\r\n"
        default: nil
        }
    }

    /// The reason of a status that has no name of its own: that of its class.
    static func classReason(_ status: Int) -> String {
        switch status / 100 {
        case 2: "Success"
        case 3: "Redirection"
        case 4: "Client Error"
        default: "Server Error"
        }
    }
}
