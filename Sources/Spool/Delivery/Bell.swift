import Dispatch
import Glibc
import GroupCommit
import Synchronization

/// Tells the deliverer that calls were committed: directly in its own process, through a FIFO from the others.
///
/// Ringing costs a committer one small write, and nothing at all while the deliverer is busy in the same process. The
/// deliverer's thread reads the FIFO only while someone waits, so that a busy intake elsewhere does not wake it. Safe on
/// any thread.
final class Bell: Sendable {
    private struct State {
        /// Rung since the last wait returned.
        var rung = false
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Cancelled before they came to wait.
        var cancelled: Set<UInt64> = []
        var lastWaiter: UInt64 = 0
        var isListening = false
        var listenerSleeps = false
        var fifo: Fifo?
    }

    private let state = Mutex(State())
    private let directory: SpoolDirectory
    /// Signalled when the listener sleeps and someone waits, or when it is to end.
    private let armed = DispatchSemaphore(value: 0)

    init(directory: SpoolDirectory) {
        self.directory = directory
    }

    // MARK: Ringing

    /// Calls were committed by this process.
    func ring() {
        let isListening = self.state.withLock { $0.isListening }
        if isListening {
            self.notify()
        } else {
            self.fifo()?.write()
        }
    }

    /// Wakes who waits, or the next one who comes to wait.
    private func notify() {
        let waiters = self.state.withLock { state in
            state.rung = state.waiters.isEmpty
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// The FIFO under its name: the directory may have been made anew.
    private func fifo() -> Fifo? {
        let identity = SpoolDirectory.identity(of: self.directory.bell)
        let known = self.state.withLock { $0.fifo }
        if let known, let identity, known.identity == identity { return known }
        let opened = Fifo(self.directory.bell, in: self.directory)
        self.state.withLock { $0.fifo = opened }
        return opened
    }

    // MARK: Waiting

    /// Waits until the bell rings, or has rung since the last wait returned; until the timeout or the cancellation of the
    /// task otherwise. Another process is heard while ``listen()`` is in force.
    func wait(timeout: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask { try? await Task.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        let id = self.state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        defer { _ = self.state.withLock { $0.cancelled.remove(id) } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (resumesNow, wakesListener) = self.state.withLock { state in
                    if state.rung || state.cancelled.remove(id) != nil {
                        state.rung = false
                        return (true, false)
                    }
                    state.waiters[id] = continuation
                    defer { state.listenerSleeps = false }
                    return (false, state.listenerSleeps)
                }
                if wakesListener { self.armed.signal() }
                if resumesNow { continuation.resume() }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.resume()
        }
    }

    // MARK: Listening

    /// Starts to hear other processes. The caller holds the delivery lock, so that nobody else reads the FIFO.
    func listen() -> Listening {
        self.state.withLock { $0.isListening = true }
        let ended = DispatchGroup()
        guard let fifo = self.fifo() else { return Listening(bell: self, fifo: nil, ended: ended) }
        let listening = Listening(bell: self, fifo: fifo, ended: ended)
        ended.enter()
        let isOver = listening.isOver
        do {
            try WorkerThread.start(name: "spool-bell") {
                self.runListener(fifo, isOver)
                ended.leave()
            }
        } catch {
            // The others' calls are found by looking, within a timeout, as where there is no FIFO.
            ended.leave()
        }
        return listening
    }

    private func runListener(_ fifo: Fifo, _ isOver: Flag) {
        while !isOver.isSet {
            let sleeps = self.state.withLock { state in
                state.listenerSleeps = state.waiters.isEmpty && !isOver.isSet
                return state.listenerSleeps
            }
            if sleeps {
                self.armed.wait()
            } else if fifo.waitAndDrain() {
                self.notify()
            }
        }
    }

    /// A deliverer's ear; ``end()`` it before the delivery lock is let go.
    final class Listening: Sendable {
        private let bell: Bell
        private let fifo: Fifo?
        private let ended: DispatchGroup
        fileprivate let isOver = Flag()

        fileprivate init(bell: Bell, fifo: Fifo?, ended: DispatchGroup) {
            self.bell = bell
            self.fifo = fifo
            self.ended = ended
        }

        /// Ends the thread, then calls `completion` on some thread.
        func end(_ completion: @escaping @Sendable () -> Void) {
            self.isOver.set()
            let wakes = self.bell.state.withLock { state in
                state.isListening = false
                defer { state.listenerSleeps = false }
                return state.listenerSleeps
            }
            if wakes { self.bell.armed.signal() }
            self.fifo?.write()
            self.ended.notify(queue: .global(), execute: completion)
        }
    }

    /// Set once.
    fileprivate final class Flag: Sendable {
        private let value = Atomic<Bool>(false)

        var isSet: Bool { self.value.load(ordering: .acquiring) }

        func set() {
            self.value.store(true, ordering: .releasing)
        }
    }
}

/// A FIFO that is read and written through one descriptor, so that it never blocks for want of the other end.
private final class Fifo: Sendable {
    private let descriptor: Int32
    let identity: FileIdentity

    init?(_ path: String, in directory: SpoolDirectory) {
        if unsafe mkfifo(path, 0o640) == 0 { directory.giveToOwner(path) }
        let descriptor = unsafe open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        self.identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    deinit {
        close(self.descriptor)
    }

    /// A FIFO that is full has been rung enough.
    func write() {
        var byte: UInt8 = 1
        _ = unsafe Glibc.write(self.descriptor, &byte, 1)
    }

    /// Waits until something was written and takes all of it. Blocks.
    func waitAndDrain() -> Bool {
        var poll = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe Glibc.poll(&poll, 1, -1) > 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 4096)
        while unsafe read(self.descriptor, &bytes, bytes.count) == bytes.count {}
        return true
    }
}
