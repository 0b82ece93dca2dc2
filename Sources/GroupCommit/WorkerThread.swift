import Glibc

/// A thread of our own for work that blocks: such work must not occupy a thread of the concurrency pool.
///
/// Stateless; may be used from any thread. The thread is detached: who needs its end waits for a signal from `body`.
package enum WorkerThread {
    /// The system refused another thread, for a reason that may pass: a limit of processes, or memory.
    package struct Refusal: Error, Sendable, CustomStringConvertible {
        package let name: String
        package let code: Int32

        package var description: String {
            "the thread \(self.name) could not be started: \(unsafe String(cString: strerror(self.code))). See the limit of"
                + " processes (TasksMax of the unit, ulimit -u)"
        }
    }

    /// Starts a thread of a part that lives as long as the program.
    ///
    /// - Precondition: the process may have another thread: it is only beginning, and could not do anything without.
    package static func startWithProgram(name: String, body: @escaping @Sendable () -> Void) {
        do throws(Refusal) {
            try self.start(name: name, body: body)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Starts `body` on a new thread.
    ///
    /// - Parameters:
    ///   - name: shown by `top -H` and debuggers; Linux keeps its first 15 bytes.
    ///   - body: runs once, unless the thread is refused; everything that it captures is let go when it returns.
    package static func start(name: String, body: @escaping @Sendable () -> Void) throws(Refusal) {
        let start = Start(name: name, body: body)
        var thread: pthread_t = 0
        let argument = unsafe Unmanaged.passRetained(start)
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
            argument.toOpaque()
        )
        guard result == 0 else {
            unsafe argument.release()
            throw Refusal(name: name, code: result)
        }
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
