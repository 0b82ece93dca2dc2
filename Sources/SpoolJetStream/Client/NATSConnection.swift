internal import CNATS
internal import Spool

/// Owns a connection to the servers; the library changes the server under it by itself.
///
/// Safe on any thread: libnats locks. ``publish(_:reply:)`` may wait for the socket, up to the write deadline, so it is called
/// on threads of ours only.
@safe
final class NATSConnection: Sendable {
    /// What the library tells, on a thread of its own.
    enum Event: Sendable {
        case disconnected
        case reconnected
        /// For good: it was closed here, or the servers refuse this client.
        case closed
        /// Something went wrong with a subscription.
        case failed(String)
        /// The servers did not let it publish or subscribe.
        case forbidden(String)
    }

    private nonisolated(unsafe) let pointer: OpaquePointer

    /// Connects. Blocks for some seconds at most.
    ///
    /// - Parameters:
    ///   - last: the address of a server that is asked after all others; nil asks them in any order.
    ///   - tell: called on a thread of the library's, until `closed`; it must not block.
    init(
        _ configuration: JetStreamSpoolConfiguration,
        last: String? = nil,
        tell: @escaping @Sendable (Event) -> Void
    ) throws(SpoolError) {
        let options = try NATSOptions(configuration, last: last)
        let listener = unsafe Unmanaged.passRetained(Listener(tell))
        unsafe Self.setCallbacks(options.pointer, listener.toOpaque())
        var pointer: OpaquePointer?
        let status = unsafe natsConnection_Connect(&pointer, options.pointer)
        guard status == NATS_OK, let pointer = unsafe pointer else {
            // A connection that never stood calls nobody back.
            unsafe listener.release()
            throw Self.connectFailed(status, configuration)
        }
        unsafe self.pointer = pointer
    }

    deinit {
        // Closes it; the last callback lets the listener go.
        unsafe natsConnection_Destroy(self.pointer)
    }

    func close() {
        unsafe natsConnection_Close(self.pointer)
    }

    /// The longest message that the servers take, headers and all, in bytes.
    var maximumPayload: Int { Int(unsafe natsConnection_GetMaxPayload(self.pointer)) }

    /// The server that it is to at the moment; nil when there is none.
    var url: String? {
        // Longer than any name of a host.
        var buffer = [CChar](repeating: 0, count: 1_024)
        guard unsafe natsConnection_GetConnectedUrl(self.pointer, &buffer, buffer.count) == NATS_OK else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Puts a message into the library's buffer, which is written within a millisecond.
    func publish(_ message: OutgoingMessage, reply: String?) throws(RequestFailure) {
        var created: OpaquePointer?
        let status = unsafe message.payload.withUnsafeBytes { bytes in
            unsafe natsMsg_Create(
                &created,
                message.subject,
                reply,
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: bytes.count)
            )
        }
        guard status == NATS_OK, let created = unsafe created else { throw .client(Self.text(of: status)) }
        defer { unsafe natsMsg_Destroy(created) }
        for (name, value) in message.headers {
            // Without it the servers would store a repeat, or a lease that another gateway has.
            let status = unsafe natsMsgHeader_Set(created, name, value)
            guard status == NATS_OK else { throw .client("the header \(name) was refused: \(Self.text(of: status))") }
        }
        let published = unsafe natsConnection_PublishMsg(self.pointer, created)
        switch published {
        case NATS_OK: return
        case NATS_MAX_PAYLOAD: throw .tooLarge(maximum: self.maximumPayload)
        case NATS_CONNECTION_CLOSED, NATS_CONNECTION_DISCONNECTED, NATS_INSUFFICIENT_BUFFER: throw .disconnected
        default: throw .client(Self.text(of: published))
        }
    }

    /// Listens to a subject. `receive` is called on one of the library's threads, in the order of arrival; it must not block.
    func subscribe(
        _ subject: String,
        _ receive: @escaping @Sendable (NATSMessage) -> Void
    ) throws(RequestFailure) -> NATSSubscription {
        try unsafe NATSSubscription(self.pointer, subject, receive)
    }

    // MARK: C

    /// What the callbacks are given.
    private final class Listener: Sendable {
        let tell: @Sendable (Event) -> Void

        init(_ tell: @escaping @Sendable (Event) -> Void) {
            self.tell = tell
        }
    }

    private static func setCallbacks(_ options: OpaquePointer, _ closure: UnsafeMutableRawPointer) {
        unsafe natsOptions_SetDisconnectedCB(
            options,
            { _, closure in
                guard let closure = unsafe closure else { return }
                unsafe Unmanaged<Listener>.fromOpaque(closure).takeUnretainedValue().tell(.disconnected)
            },
            closure
        )
        unsafe natsOptions_SetReconnectedCB(
            options,
            { _, closure in
                guard let closure = unsafe closure else { return }
                unsafe Unmanaged<Listener>.fromOpaque(closure).takeUnretainedValue().tell(.reconnected)
            },
            closure
        )
        unsafe natsOptions_SetErrorHandler(
            options,
            { connection, _, status, closure in
                guard let closure = unsafe closure else { return }
                let listener = unsafe Unmanaged<Listener>.fromOpaque(closure).takeUnretainedValue()
                guard status == NATS_NOT_PERMITTED else {
                    return listener.tell(.failed(NATSConnection.text(of: status)))
                }
                var text: UnsafePointer<CChar>?
                unsafe natsConnection_GetLastError(connection, &text)
                listener.tell(
                    .forbidden(
                        unsafe text.map { unsafe String(cString: $0) } ?? NATSConnection.text(of: status)
                    )
                )
            },
            closure
        )
        // The library's last word about a connection.
        unsafe natsOptions_SetClosedCB(
            options,
            { _, closure in
                guard let closure = unsafe closure else { return }
                unsafe Unmanaged<Listener>.fromOpaque(closure).takeRetainedValue().tell(.closed)
            },
            closure
        )
    }

    private static func connectFailed(
        _ status: natsStatus,
        _ configuration: JetStreamSpoolConfiguration
    ) -> SpoolError {
        let servers = configuration.servers.map(Self.withoutSecrets).joined(separator: ", ")
        let text = self.lastText(of: status)
        let isSecure = configuration.asksForTLS
        switch status {
        case NATS_CONNECTION_AUTH_FAILED, NATS_NOT_PERMITTED:
            return .misconfigured(
                "The NATS servers \(servers) refuse this client: \(text). Check spool.credentialsFile, spool.user and its"
                    + " password, or spool.token: \(self.login(of: configuration))."
            )
        case NATS_SECURE_CONNECTION_WANTED where isSecure:
            return .misconfigured(
                "The NATS servers \(servers) speak no TLS: \(text). Give them certificates, or write nats:// in spool.url."
            )
        case NATS_SSL_ERROR, NATS_SECURE_CONNECTION_REQUIRED, NATS_SECURE_CONNECTION_WANTED:
            return .misconfigured(
                "TLS with the NATS servers \(servers) failed: \(text). "
                    + (isSecure
                        ? "See that \(self.authority(of: configuration)) signed their certificate, and that the certificate has"
                            + " the name that spool.url calls the server by."
                        : "They ask for TLS: write tls:// in spool.url, and the authority of their certificate in"
                            + " spool.caFile.")
            )
        case NATS_INVALID_ARG, NATS_ADDRESS_MISSING, NATS_INVALID_SUBJECT:
            return .misconfigured("The NATS servers \(servers) are no addresses: \(text).")
        case NATS_PROTOCOL_ERROR where isSecure, NATS_IO_ERROR where isSecure, NATS_CONNECTION_CLOSED where isSecure:
            // With TLS 1.3 a client learns only afterwards that its certificate was not liked.
            return .misconfigured(
                "The NATS servers \(servers) ended the connection right after TLS: \(text). If they ask for a certificate of"
                    + " this gateway, spool.certificateFile and spool.keyFile must be one that they know:"
                    + " \(configuration.certificateFile.map { "\($0) is not, or they went away" } ?? "there is none")."
            )
        case NATS_ERR where configuration.credentialsFile != nil:
            return .misconfigured(
                "The NATS servers \(servers) were not shown \(configuration.credentialsFile ?? "") (spool.credentialsFile):"
                    + " \(text). It must be a user's .creds file, with a JWT and a seed, and readable by this process."
            )
        default:
            return .unreachable("None of the NATS servers \(servers) answers: \(text)")
        }
    }

    /// Which way to log in the configuration takes, without its secret.
    private static func login(of configuration: JetStreamSpoolConfiguration) -> String {
        if let file = configuration.credentialsFile { return "\(file) was shown" }
        if let user = configuration.user { return "the user \(user) was named" }
        return configuration.token == nil ? "none of them is given" : "a token was shown"
    }

    private static func authority(of configuration: JetStreamSpoolConfiguration) -> String {
        configuration.caFile.map { "the authority in \($0) (spool.caFile)" }
            ?? "an authority that this system knows (spool.caFile is not given)"
    }

    /// What the library said last on this thread, with its details: TLS gives its reasons only there.
    static func lastText(of status: natsStatus) -> String {
        var last = NATS_OK
        guard let details = unsafe nats_GetLastError(&last), last == status else { return self.text(of: status) }
        let text = self.text(of: status)
        // It begins with a place in the library's source, which has no spaces: (conn.c:733):
        let said = unsafe String(cString: details)
        let more = said.hasPrefix("(") ? String(said.drop { $0 != " " }.dropFirst()) : said
        return more.isEmpty || more == text ? text : "\(text) (\(more))"
    }

    /// A URL may hold a password.
    static func withoutSecrets(_ url: String) -> String {
        guard let at = url.lastIndex(of: "@") else { return url }
        let scheme = url.contains("://") ? url.prefix { $0 != ":" } + "://" : ""
        return scheme + "…" + url[at...]
    }

    static func text(of status: natsStatus) -> String {
        guard let text = unsafe natsStatus_GetText(status) else { return "status \(status.rawValue)" }
        return unsafe String(cString: text)
    }
}
