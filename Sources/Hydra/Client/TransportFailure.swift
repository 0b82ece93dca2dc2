private import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1
private import NIOPosix
private import NIOSSL

#if canImport(Glibc)
private import Glibc
#endif

/// Why a request has no complete answer.
struct TransportFailure: Error {
    let reason: RetryReason
    /// What happened, for people. Never has the API key or a part of the call.
    let message: String

    init(_ reason: RetryReason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// Finds the reason behind an error of the HTTP client or of what lies below it.
    init(_ error: any Error) {
        switch error {
        case let failure as TransportFailure:
            self = failure
        case is CancellationError:
            self.init(.cancelled, "the call was cancelled")
        case let error as HTTPClientError:
            self.init(Self.reason(of: error), error.shortDescription.lowercasedFirst)
        case let error as NIOConnectionError:
            self.init(connecting: error)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self.init(.tls, "TLS failed: \(Excerpt.of(String(describing: error)))")
        case HTTPParserError.invalidEOFState:
            self.init(.connectionClosed, "the connection was closed before the answer was complete")
        case is HTTPParserError:
            self.init(.badAnswer, "the answer is not HTTP: \(Excerpt.of(String(describing: error)))")
        case let error as IOError:
            self.init(Self.reason(ofErrno: error.errnoCode), Self.text(ofErrno: error.errnoCode))
        case ChannelError.connectTimeout:
            self.init(.connectTimeout, "no connection within the time allowed")
        case ChannelError.ioOnClosedChannel, ChannelError.eof, ChannelError.alreadyClosed, ChannelError.inputClosed,
            ChannelError.outputClosed:
            self.init(.connectionClosed, "the connection was closed before the answer was complete")
        default:
            self.init(.transport, Excerpt.of(String(describing: error)))
        }
    }

    /// A connection that could not be made: the name is unknown, or none of its addresses answers.
    private init(connecting error: NIOConnectionError) {
        if let last = error.connectionErrors.last {
            let inner = TransportFailure(last.error)
            switch inner.reason {
            case .connectRefused, .connectTimeout, .tls: self = inner
            default: self.init(.connectFailed, "no connection: \(inner.message)")
            }
        } else if error.dnsAError != nil || error.dnsAAAAError != nil {
            self.init(.dns, "the host's name has no address, or no name server answered")
        } else {
            self.init(.connectTimeout, "no connection within the time allowed")
        }
    }

    private static func reason(of error: HTTPClientError) -> RetryReason {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout: .connectTimeout
        case .readTimeout, .writeTimeout: .readTimeout
        case .deadlineExceeded: .deadline
        case .remoteConnectionClosed, .uncleanShutdown: .connectionClosed
        case .getConnectionFromPoolTimeout: .poolExhausted
        case .cancelled: .cancelled
        case .alreadyShutdown: .shutDown
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath: .badURL
        default: error.shortDescription == "Unsupported scheme" ? .badURL : .transport
        }
    }

    private static func reason(ofErrno code: CInt) -> RetryReason {
        switch code {
        case ECONNREFUSED: .connectRefused
        case ETIMEDOUT: .connectTimeout
        case ECONNRESET, EPIPE, ECONNABORTED: .connectionClosed
        case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EMFILE, ENFILE: .connectFailed
        default: .transport
        }
    }

    private static func text(ofErrno code: CInt) -> String {
        unsafe String(cString: strerror(code)).lowercasedFirst
    }
}

extension String {
    /// The text with a small first letter, to stand inside a sentence.
    fileprivate var lowercasedFirst: String {
        self.prefix(1).lowercased() + self.dropFirst()
    }
}
