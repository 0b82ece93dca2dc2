import CFastCGI
import Glibc

/// A pthread of our own: libfcgi's calls must not occupy the threads of Swift concurrency. Signals do not reach it.
///
/// Threads: made and joined by the one that owns it; the body runs on the new one.
struct WorkerThread: Sendable {
    private let handle: pthread_t

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// `name` is cut to the 15 bytes that the kernel keeps.
    init(name: String, _ run: @escaping @Sendable () -> Void) throws(FastCGIError) {
        var handle = pthread_t()
        let body = unsafe Unmanaged.passRetained(Body(run))
        let result = unsafe cfcgi_start_thread(
            &handle,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            },
            body.toOpaque()
        )
        guard result == 0 else {
            unsafe body.release()
            throw .system(operation: "pthread_create", address: name, errno: result)
        }
        unsafe _ = pthread_setname_np(handle, String(decoding: name.utf8.prefix(15), as: UTF8.self))
        self.handle = handle
    }

    /// Waits until the body has returned. Once.
    func join() {
        _ = pthread_join(self.handle, nil)
    }
}
