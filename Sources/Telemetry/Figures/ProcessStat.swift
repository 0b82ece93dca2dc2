/// What is used of `/proc/<pid>/stat` (proc(5)). A value of one moment.
struct ProcessStat: Equatable {
    /// `R`, `S`, `D`, `Z`, …
    let state: UInt8
    /// Clock ticks in user mode and in the kernel.
    let userTicks: UInt64
    let systemTicks: UInt64
    let threads: UInt64
    /// Clock ticks from the machine's start to the process'.
    let startTicks: UInt64
    let virtualBytes: UInt64
    let residentPages: UInt64

    /// nil when there is no such process.
    init?(pid: Int32) {
        guard let text = SmallFile.read("/proc/\(pid)/stat", limit: 4096) else { return nil }
        self.init(parsing: text)
    }

    /// Reads the file's text. The second field, the program's name in parentheses, may hold blanks and parentheses
    /// itself: the fields are counted from the last closing one.
    init?(parsing text: [UInt8]) {
        guard let nameEnd = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = text[text.index(after: nameEnd)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        // fields[0] is field 3 of the manual.
        func number(_ field: Int) -> UInt64? {
            fields.indices.contains(field - 3)
                ? UInt64(String(decoding: fields[field - 3], as: UTF8.self)) : nil
        }
        guard
            let state = fields.first?.first, let userTicks = number(14), let systemTicks = number(15),
            let threads = number(20), let startTicks = number(22), let virtualBytes = number(23),
            let residentPages = number(24)
        else { return nil }
        self.state = state
        self.userTicks = userTicks
        self.systemTicks = systemTicks
        self.threads = threads
        self.startTicks = startTicks
        self.virtualBytes = virtualBytes
        self.residentPages = residentPages
    }
}
