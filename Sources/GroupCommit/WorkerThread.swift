import Glibc

/// A thread of our own for work that blocks: such work must not occupy a thread of the concurrency pool.
///
/// Stateless; may be used from any thread. The thread is detached: who needs its end waits for a signal from `body`.
package enum WorkerThread {
    /// Starts `body` on a new thread.
    ///
    /// - Parameters:
    ///   - name: shown by `top -H` and debuggers; Linux keeps its first 15 bytes.
    ///   - body: runs once; everything that it captures is let go when it returns.
    /// - Precondition: the process may have another thread. Threads are started with the program's long-lived parts,
    ///   never for a request, so a refusal is a fault of the installation.
    package static func start(name: String, body: @escaping @Sendable () -> Void) {
        let start = Start(name: name, body: body)
        var thread: pthread_t = 0
        let result = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                Self.nameCurrentThread(start.name)
                start.body()
                return nil
            },
            Unmanaged.passRetained(start).toOpaque()
        )
        precondition(result == 0, "the thread \(name) could not be started: error \(result)")
        pthread_detach(thread)
    }

    /// Best effort: `pthread_setname_np` is a GNU extension that Swift does not import, the file behind it is there.
    private static func nameCurrentThread(_ name: String) {
        let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        var bytes = Array(name.utf8)
        _ = unsafe write(file, &bytes, bytes.count)
        close(file)
    }

    /// What the new thread is handed.
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
            self.body = body
        }
    }
}
