/// The form of a snapshot's files: a first line that says whose they are, then the contents as they came.
///
/// They stay what their names say: a JSON file is one JSON object `{"process":{…},"figures":…}` and the text file
/// begins with a comment. The first line is read back by position, which is why only this type writes it.
struct SnapshotFile {
    let process: ProcessIdentity
    /// Milliseconds since 1970 UTC.
    let writtenAt: Int64
    let contents: [UInt8]

    /// Which of the files.
    enum Form: CaseIterable {
        case json
        case prometheus
        /// What somebody who watches is shown: JSON too, in a file of its own because it is larger and written less often.
        case live

        var fileExtension: String {
            switch self {
            case .json: ".json"
            case .prometheus: ".prom"
            case .live: ".live"
            }
        }

        fileprivate var head: String {
            switch self {
            case .json, .live: "{\"process\":{\"pid\":"
            case .prometheus: "# process "
            }
        }

        fileprivate var separators: (String, String) {
            switch self {
            case .json, .live: (",\"startTicks\":", ",\"writtenAt\":")
            case .prometheus: (" ", " ")
            }
        }

        fileprivate var headEnd: String {
            switch self {
            case .json, .live: "},\"figures\":\n"
            case .prometheus: "\n"
            }
        }

        fileprivate var tail: String {
            switch self {
            case .json, .live: "}\n"
            case .prometheus: ""
            }
        }
    }

    init(process: ProcessIdentity, writtenAt: Int64, contents: [UInt8]) {
        self.process = process
        self.writtenAt = writtenAt
        self.contents = contents
    }

    /// The file's bytes.
    func bytes(_ form: Form) -> [UInt8] {
        let (first, second) = form.separators
        var bytes = Array(
            "\(form.head)\(self.process.pid)\(first)\(self.process.startTicks)\(second)\(self.writtenAt)\(form.headEnd)"
                .utf8
        )
        bytes.append(contentsOf: self.contents)
        bytes.append(contentsOf: form.tail.utf8)
        return bytes
    }

    /// Reads a file's bytes back; nil when this type has not written them.
    init?(_ bytes: [UInt8], _ form: Form) {
        var rest = bytes[...]
        func take(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }
        func takeNumber() -> String {
            let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            rest = rest.dropFirst(digits.count)
            return String(decoding: digits, as: UTF8.self)
        }
        let (first, second) = form.separators
        guard
            take(form.head), let pid = Int32(takeNumber()), take(first), let startTicks = UInt64(takeNumber()),
            take(second), let writtenAt = Int64(takeNumber()), take(form.headEnd)
        else { return nil }
        let tail = form.tail.utf8
        guard rest.count >= tail.count, rest.suffix(tail.count).elementsEqual(tail) else { return nil }
        self.init(
            process: ProcessIdentity(pid: pid, startTicks: startTicks),
            writtenAt: writtenAt,
            contents: Array(rest.dropLast(tail.count))
        )
    }
}
