import GroupCommit
import Synchronization

/// Waits for the lock that the delivering process holds.
///
/// One thread blocks in the lock for all tasks of this spool that wait. A task that is cancelled leaves at once; the
/// thread then stays, and lets the lock go when it gets it and nobody wants it any more. Safe on any thread.
final class DeliveryLock: Sendable {
    private struct State {
        var waiters: [(id: UInt64, continuation: CheckedContinuation<FileLock, any Error>)] = []
        var cancelled: Set<UInt64> = []
        var lastWaiter: UInt64 = 0
        var isWaiting = false
        var closed = false
    }

    private let directory: SpoolDirectory
    private let state = Mutex(State())

    init(directory: SpoolDirectory) {
        self.directory = directory
    }

    /// Waits for the lock; the first who waits gets it first.
    func acquire() async throws -> FileLock {
        let id = self.state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        defer { _ = self.state.withLock { $0.cancelled.remove(id) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.enqueue(id, continuation)
            }
        } onCancel: {
            self.cancel(id)
        }
    }

    /// Sends away who waits.
    func close() {
        let waiters = self.state.withLock { state in
            state.closed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(throwing: SpoolError.stopped) }
    }

    private enum Entry {
        case waits(startsThread: Bool)
        case fails(any Error)
    }

    private func enqueue(_ id: UInt64, _ continuation: CheckedContinuation<FileLock, any Error>) {
        let entry: Entry = self.state.withLock { state in
            if state.cancelled.remove(id) != nil { return .fails(CancellationError()) }
            if state.closed { return .fails(SpoolError.stopped) }
            state.waiters.append((id, continuation))
            defer { state.isWaiting = true }
            return .waits(startsThread: !state.isWaiting)
        }
        switch entry {
        case .waits(let startsThread):
            guard startsThread else { return }
            do {
                try WorkerThread.start(name: "spool-deliver") { self.run() }
            } catch {
                self.failAll(SpoolError(refusal: error))
            }
        case .fails(let error):
            continuation.resume(throwing: error)
        }
    }

    /// Nobody runs for those who wait.
    private func failAll(_ error: SpoolError) {
        let waiters = self.state.withLock { state in
            state.isWaiting = false
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(throwing: error) }
    }

    private func cancel(_ id: UInt64) {
        let continuation = self.state.withLock { state -> CheckedContinuation<FileLock, any Error>? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                // It has not come to wait yet, or it has been served.
                state.cancelled.insert(id)
                return nil
            }
            return state.waiters.remove(at: index).continuation
        }
        continuation?.resume(throwing: CancellationError())
    }

    private func run() {
        repeat {
            let result: Result<FileLock, SpoolError>
            do {
                result = .success(try FileLock.acquire(self.directory.deliverLock, in: self.directory))
            } catch {
                result = .failure(error)
            }
            let waiter = self.state.withLock { state in
                state.waiters.isEmpty ? nil : state.waiters.removeFirst()
            }
            // Without a waiter the lock goes away with `result`.
            switch result {
            case .success(let lock): waiter?.continuation.resume(returning: lock)
            case .failure(let error): waiter?.continuation.resume(throwing: error)
            }
        } while self.state.withLock { state in
            state.isWaiting = !state.waiters.isEmpty
            return state.isWaiting
        }
    }
}
