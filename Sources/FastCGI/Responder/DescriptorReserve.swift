import Glibc
import Synchronization

/// One descriptor held back, so that a connection can be taken and closed when there is no other left.
///
/// Threads: all; one at a time uses it.
final class DescriptorReserve: Sendable {
    private let held = Mutex<Int32>(-1)

    init() {
        self.held.withLock { $0 = Self.openAny() }
    }

    deinit {
        self.held.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
        }
    }

    /// Runs `body` while one descriptor more is free than otherwise.
    func withFreeDescriptor(_ body: () -> Void) {
        self.held.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            body()
            descriptor = Self.openAny()
        }
    }

    private static func openAny() -> Int32 {
        unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    }
}
