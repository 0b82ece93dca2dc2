import CFastCGI

/// The owner of one FCGX_Request: every call into libfcgi is here.
///
/// It uses the fields that the header says not to use (`ipcFd`, `keepConnection`, `detached`, `listen_sock`); they have
/// been the same in all of 2.4.x. libfcgi is never given a listening socket, and reads only from descriptors that hold
/// a whole request already, so none of its calls waits for a peer but the writing ones. Threads: the connection's owner.
@safe struct LibraryRequest: ~Copyable {
    /// Stable address: libfcgi's streams point back at it.
    private let request: UnsafeMutablePointer<FCGX_Request>

    init() {
        unsafe self.request = .allocate(capacity: 1)
        unsafe self.request.initialize(to: FCGX_Request())
        // No listening socket: a broken connection is then an error and not a reason to accept another one.
        unsafe _ = FCGX_InitRequest(self.request, -1, 0)
    }

    deinit {
        unsafe FCGX_Free(self.request, 0)
        unsafe self.request.deallocate()
    }

    /// Reads the parameters of the request that waits in `descriptor`. If false, libfcgi has closed the descriptor.
    func accept(from descriptor: Int32) -> Bool {
        unsafe self.request.pointee.ipcFd = descriptor
        // FCGX_Accept_r finishes the previous request first, which would close the descriptor.
        unsafe self.request.pointee.keepConnection = 1
        // When libfcgi closes a connection, it does not wait up to 2 s for the peer to close its end.
        unsafe self.request.pointee.detached = 1
        guard unsafe FCGX_Accept_r(self.request) == 0 else {
            unsafe self.request.pointee.ipcFd = -1
            return false
        }
        // Whether to close is ours to decide, from what the front server asked for.
        unsafe self.request.pointee.keepConnection = 1
        return true
    }

    /// The answer goes to `descriptor`, wherever the request was read from.
    func redirect(to descriptor: Int32) {
        unsafe self.request.pointee.ipcFd = descriptor
    }

    /// A copy of the parameters.
    ///
    /// - Parameters:
    ///   - pairs: how many the stream holds.
    ///   - bytes: of all names and values together.
    func parameters(pairs: Int, bytes: Int) -> Parameters {
        guard var next = unsafe self.request.pointee.envp else { return .none }
        let capacity = bytes &+ pairs &* Parameters.overhead
        return Parameters(
            storage: unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                // libfcgi puts a pair of its own in front: the role.
                unsafe next += 1
                guard let base = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                while let pair = unsafe next.pointee {
                    unsafe next += 1
                    let length = unsafe strlen(pair)
                    guard let equals = unsafe memchr(pair, 0x3d, length) else { continue }
                    let nameLength = unsafe UnsafeRawPointer(equals) - UnsafeRawPointer(pair)
                    let valueLength = length &- nameLength &- 1
                    let end = count &+ Parameters.overhead &+ nameLength &+ valueLength
                    guard end <= capacity else { return }
                    let place = unsafe base + count
                    unsafe place.storeBytes(of: UInt32(truncatingIfNeeded: nameLength), as: UInt32.self)
                    unsafe place.storeBytes(
                        of: UInt32(truncatingIfNeeded: valueLength),
                        toByteOffset: 4,
                        as: UInt32.self
                    )
                    unsafe (place + 8).copyMemory(from: pair, byteCount: nameLength)
                    unsafe (place + 8 + nameLength).copyMemory(from: equals + 1, byteCount: valueLength)
                    count = end
                }
            }
        )
    }

    /// The body of `count` bytes and the end of its stream; nil if libfcgi sees fewer, more, or an error.
    func body(_ count: Int) -> [UInt8]? {
        guard let stream = unsafe self.request.pointee.in else { return nil }
        let bytes =
            count == 0
            ? []
            : unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                guard let base = buffer.baseAddress else { return }
                filled = unsafe base.withMemoryRebound(to: CChar.self, capacity: count) {
                    unsafe Int(FCGX_GetStr($0, Int32(clamping: count), stream))
                }
            }
        guard bytes.count == count, unsafe FCGX_GetChar(stream) == -1, unsafe FCGX_GetError(stream) == 0 else {
            return nil
        }
        return bytes
    }

    /// Appends to the answer; a full buffer of 8 KiB is written out. False if the connection is broken.
    @discardableResult
    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let stream = unsafe self.request.pointee.out else { return false }
        guard let base = bytes.baseAddress, unsafe !bytes.isEmpty else { return true }
        return unsafe FCGX_PutStr(base.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count), stream) >= 0
    }

    /// Writes out what is left of the answer and the end of the request, and frees the request's memory. False if the
    /// connection broke: libfcgi has closed the descriptor then.
    func finish() -> Bool {
        unsafe FCGX_Finish_r(self.request)
        let isOpen = unsafe self.request.pointee.ipcFd >= 0
        unsafe self.request.pointee.ipcFd = -1
        return isOpen
    }

    /// Frees the request's memory without a word to the peer. The descriptor stays open.
    func abandon() {
        unsafe FCGX_Free(self.request, 0)
        unsafe self.request.pointee.ipcFd = -1
    }
}
