private import CCares
private import Glibc

/// Owns one channel of c-ares: its sockets, and the questions that are on their way.
///
/// Not thread-safe: made, used and let go by the one thread of a ``DNSResolver``. Destroying it completes what is open.
@safe final class DNSChannel {
    /// A socket that c-ares waits for, and for what.
    struct Interest {
        let descriptor: Int32
        let reads: Bool
        let writes: Bool
    }

    /// Bytes of a datagram that servers may send: fits without fragments everywhere (DNS flag day 2020). Longer answers
    /// come over TCP.
    private static let datagramBytes: Int32 = 1_232
    /// Class IN.
    private static let internet: Int32 = 1

    private static let isReady = ares_library_init(0) == ARES_SUCCESS

    private let channel: ares_channel

    /// - Parameter servers: `host:port`; empty for the system's.
    init(servers: [String]) throws(DNSError) {
        guard Self.isReady else { throw .unavailable }
        var options = unsafe ares_options()
        unsafe options.flags = ARES_FLAG_EDNS
        unsafe options.timeout = SourcingLimits.attemptMilliseconds
        unsafe options.tries = SourcingLimits.attempts
        unsafe options.ednspsz = Self.datagramBytes
        let mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ
        var opened: ares_channel?
        guard unsafe ares_init_options(&opened, &options, mask) == ARES_SUCCESS,
            let channel = unsafe opened
        else { throw .unavailable }
        unsafe self.channel = channel
        guard !servers.isEmpty else { return }
        guard unsafe ares_set_servers_ports_csv(channel, servers.joined(separator: ",")) == ARES_SUCCESS else {
            throw .unavailable
        }
    }

    deinit {
        unsafe ares_destroy(self.channel)
    }

    /// Sends a question.
    ///
    /// - Parameter completion: runs exactly once: here, in ``process(_:readable:writable:)`` or when the channel goes.
    func ask(_ name: String, _ type: DNSRecordType, completion: @escaping (Result<[UInt8], DNSError>) -> Void) {
        // A NUL would end the C string.
        guard !name.isEmpty, !name.utf8.contains(0) else { return completion(.failure(.badName)) }
        let question = unsafe Unmanaged.passRetained(Question(completion)).toOpaque()
        unsafe ares_query(
            self.channel,
            name,
            Self.internet,
            type.rawValue,
            { argument, status, _, bytes, count in
                guard let argument = unsafe argument else { return }
                let question = unsafe Unmanaged<Question>.fromOpaque(argument).takeRetainedValue()
                guard status == ARES_SUCCESS, let bytes = unsafe bytes, count > 0 else {
                    return question.completion(.failure(DNSError(status: status)))
                }
                // The bytes are c-ares's and gone after this call.
                let copy = unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
                question.completion(.success(copy))
            },
            question
        )
    }

    /// What to wait for.
    var interests: [Interest] {
        var sockets = [ares_socket_t](repeating: -1, count: Int(ARES_GETSOCK_MAXNUM))
        let bits = unsafe ares_getsock(self.channel, &sockets, Int32(sockets.count))
        return sockets.enumerated().compactMap { index, socket in
            // ARES_GETSOCK_READABLE and ARES_GETSOCK_WRITABLE, which are macros.
            let reads = bits & (1 << Int32(index)) != 0
            let writes = bits & (1 << Int32(index + sockets.count)) != 0
            return reads || writes ? Interest(descriptor: socket, reads: reads, writes: writes) : nil
        }
    }

    /// How long to wait before an attempt is over, at most; nil without an open question.
    var patience: Duration? {
        var time = timeval()
        guard unsafe ares_timeout(self.channel, nil, &time) != nil else { return nil }
        return .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec))
    }

    /// Reads and writes what is ready. -1 for both looks at the clock alone.
    func process(readable: Int32, writable: Int32) {
        unsafe ares_process_fd(self.channel, readable, writable)
    }

    /// What c-ares is handed with a question.
    private final class Question {
        let completion: (Result<[UInt8], DNSError>) -> Void

        init(_ completion: @escaping (Result<[UInt8], DNSError>) -> Void) {
            self.completion = completion
        }
    }
}

extension DNSError {
    /// From c-ares's status codes.
    fileprivate init(status: Int32) {
        self =
            switch status {
            case ARES_ENODATA: .noData
            case ARES_ENOTFOUND: .noSuchName
            case ARES_ESERVFAIL, ARES_ENOTIMP, ARES_EREFUSED, ARES_EFORMERR: .serverFailure
            case ARES_ETIMEOUT: .timeout
            case ARES_EBADNAME, ARES_EBADQUERY: .badName
            case ARES_EBADRESP, ARES_EBADSTR, ARES_EOF: .malformed
            case ARES_ECANCELLED, ARES_EDESTRUCTION: .cancelled
            // Also what c-ares says when each server failed or refused, and the next was asked in vain.
            default: .unavailable
            }
    }
}
