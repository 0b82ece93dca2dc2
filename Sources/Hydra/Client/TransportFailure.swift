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
            self.init(tls: error)
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

    /// What went wrong with TLS, in words: the library's own name files of the machine that built it.
    private init(tls error: any Error) {
        let text = String(describing: error)
        let message =
            if error is NIOSSLExtraError, text.contains("failedToValidateHostname") {
                Self.wrongName
            } else if text.contains("CERTIFICATE_VERIFY_FAILED") {
                Self.untrusted
            } else if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
                "the other side does not speak TLS: use http://, or the port that does"
            } else if text.contains("uncleanShutdown") {
                "the connection was closed in the middle of TLS"
            } else {
                Excerpt.of(Self.reasons(in: text))
            }
        self.init(.tls, "TLS failed: \(message)")
    }

    private static let wrongName = "the certificate is for another name"
    private static let untrusted = "the certificate is not trusted"

    /// The codes of BoringSSL's errors, such as `TLSV1_ALERT_PROTOCOL_VERSION`, without the places in its source.
    private static func reasons(in text: String) -> String {
        let codes = text.split { !$0.isASCII || !($0.isLetter || $0.isNumber || $0 == "_") }
            .filter { $0.contains("_") && $0 == $0.uppercased() }
        return codes.isEmpty ? "the handshake was refused" : codes.joined(separator: ", ")
    }

    /// The same with what an administrator needs to mend it: whose certificate, which file, what to do.
    func naming(peer: String, caFile: String?) -> Self {
        guard self.reason == .tls else { return self }
        var advice = ""
        if self.message.hasSuffix(Self.wrongName) {
            advice =
                "; use one of its names in hydra.url (openssl s_client shows them), or the entrance without TLS on this "
                + "machine, http://127.0.0.1:880"
        } else if self.message.hasSuffix(Self.untrusted) {
            advice =
                caFile.map {
                    "; neither the system's authorities nor those in \($0) (hydra.caFile) have signed it, or it has expired: "
                        + "put its authority, or the certificate if it is its own, into that file"
                }
                ?? "; no authority of the system has signed it, or it has expired: name its authority in hydra.caFile"
        }
        return Self(.tls, "\(self.message) (\(peer))\(advice)")
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
