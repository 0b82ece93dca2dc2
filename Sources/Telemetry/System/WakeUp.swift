import Glibc

/// An event that one thread waits for and any thread raises; raising it before the wait is remembered once.
///
/// A POSIX condition variable on the monotonic clock: no descriptor is used, so it cannot fail when descriptors are out,
/// and a clock that is set does not shorten or lengthen a wait. Thread-safe; lives as long as its last reference.
@safe final class WakeUp: Sendable {
    @unsafe private struct Storage {
        var mutex = unsafe pthread_mutex_t()
        var condition = pthread_cond_t()
        var isRaised = false
    }

    // The pointer never changes, and what it points at is only touched while its own pthread mutex is held.
    private nonisolated(unsafe) let storage: UnsafeMutablePointer<Storage>

    init() {
        unsafe self.storage = .allocate(capacity: 1)
        unsafe self.storage.initialize(to: Storage())
        unsafe pthread_mutex_init(&self.storage.pointee.mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(&self.storage.pointee.condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(&self.storage.pointee.condition)
        unsafe pthread_mutex_destroy(&self.storage.pointee.mutex)
        unsafe self.storage.deinitialize(count: 1)
        unsafe self.storage.deallocate()
    }

    /// Wakes the waiter, or lets its next wait return at once.
    func raise() {
        unsafe pthread_mutex_lock(&self.storage.pointee.mutex)
        unsafe self.storage.pointee.isRaised = true
        unsafe pthread_cond_signal(&self.storage.pointee.condition)
        unsafe pthread_mutex_unlock(&self.storage.pointee.mutex)
    }

    /// Blocks until the event is raised or the monotonic time is reached, and takes the event back.
    ///
    /// - Parameter deadline: nanoseconds of CLOCK_MONOTONIC; nil waits for ever.
    /// - Returns: false when the deadline came first.
    @discardableResult
    func wait(until deadline: UInt64? = nil) -> Bool {
        unsafe pthread_mutex_lock(&self.storage.pointee.mutex)
        defer { unsafe pthread_mutex_unlock(&self.storage.pointee.mutex) }
        while unsafe !self.storage.pointee.isRaised {
            guard let deadline else {
                unsafe pthread_cond_wait(&self.storage.pointee.condition, &self.storage.pointee.mutex)
                continue
            }
            var time = timespec(
                tv_sec: Int(clamping: deadline / 1_000_000_000),
                tv_nsec: Int(deadline % 1_000_000_000)
            )
            let result = unsafe pthread_cond_timedwait(
                &self.storage.pointee.condition,
                &self.storage.pointee.mutex,
                &time
            )
            if result == ETIMEDOUT, unsafe !self.storage.pointee.isRaised {
                return false
            }
        }
        unsafe self.storage.pointee.isRaised = false
        return true
    }
}
