import Glibc

/// The signals of a server, waited for by its main thread instead of being handled.
///
/// They are blocked before the first thread starts, so every thread has them blocked and none is interrupted; a handler
/// that a library installed never runs.
struct StopSignals {
    enum Event {
        case stop
        case reopenLog
        case reload
    }

    private static let all = [SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGHUP]

    /// Before any other thread is there.
    static func block() {
        var set = self.set
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for the next one.
    static func next() -> Event {
        var set = self.set
        var signal: Int32 = 0
        while true {
            guard unsafe sigwait(&set, &signal) == 0 else { continue }
            switch signal {
            case SIGUSR1: return .reopenLog
            case SIGHUP: return .reload
            default: return .stop
            }
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in self.all { unsafe sigaddset(&set, signal) }
        return set
    }
}
