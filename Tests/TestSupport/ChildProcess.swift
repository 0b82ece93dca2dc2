private import Glibc
private import Synchronization

/// A program that a test runs beside itself; it speaks to nobody. Must be waited for, once.
///
/// Not Foundation's `Process`: its `waitUntilExit` turns a run loop on a thread of the cooperative pool, and with two tests at
/// once on two cores neither comes back.
package final class ChildProcess: Sendable {
    private let pid: pid_t
    private let hasEnded = Atomic<Bool>(false)

    package init(_ program: String, _ arguments: [String]) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        // None of the test's own goes along: a socket of libnats would stay open. Those that are not there are no error.
        for descriptor in STDERR_FILENO + 1..<1024 {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        var pid: pid_t = 0
        let error = unsafe posix_spawnp(&pid, program, &actions, nil, words, environ)
        guard error == 0 else { throw TestError("\(program) could not be started: errno \(error)") }
        self.pid = pid
    }

    /// Nothing is sent to a process that was waited for: its number may be another's.
    package func signal(_ number: Int32) {
        guard !self.hasEnded.load(ordering: .acquiring) else { return }
        kill(self.pid, number)
    }

    /// Blocks until it is gone. Returns its status, as `waitpid` tells it.
    @discardableResult
    package func wait() -> Int32 {
        guard !self.hasEnded.exchange(true, ordering: .acquiringAndReleasing) else { return 0 }
        var status: Int32 = 0
        while unsafe waitpid(self.pid, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
