import Glibc
import Testing

@testable import GroupCommit

/// Threads that the system refuses.
struct WorkerThreadTests {
    @Test
    func aRefusedThreadIsAnErrorAndNotTheEnd() async {
        await #expect(processExitsWith: .exitCode(7)) {
            // No room for another stack, as for a process that is at its limits.
            var limit = rlimit(rlim_cur: 0, rlim_max: 0)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
            do throws(WorkerThread.Refusal) {
                try WorkerThread.start(name: "refused") {}
            } catch {
                exit(error.name == "refused" && error.code == EAGAIN ? 7 : 8)
            }
        }
    }

    @Test
    func anErrorSaysWhichThreadAndWhatToLookAt() {
        let text = "\(WorkerThread.Refusal(name: "spool-bell", code: EAGAIN))"
        for part in ["spool-bell", "TasksMax"] { #expect(text.contains(part)) }
    }
}
