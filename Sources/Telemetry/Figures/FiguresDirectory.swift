import Glibc

/// The directory in which every responder leaves its figures, so that any one of them answers for all.
///
/// Each responder writes `NAME.json` and `NAME.prom`, about once a second, in one step each (a temporary file renamed
/// over the old one); readers see all of a file or none of it. A file says which run of which process wrote it; what a
/// process left that is no longer alive is removed by the next reader. All processes must share one process namespace.
/// Nothing here is synced to the disk: figures of a machine that crashed are worth nothing. Any thread; blocks on the
/// disk.
package struct FiguresDirectory: Sendable {
    /// Bytes of one snapshot file that are read, 4 MiB: 5,000 series make half of it.
    package static let fileBytes = 4 << 20
    /// Responders that are read, 256; more do not stand behind one nginx on one machine.
    package static let responders = 256

    package let path: String
    /// This responder's name: 1 to 64 of `A-Z a-z 0-9 . _ -`, not beginning with a dot.
    package let name: String
    let process: ProcessIdentity

    /// Makes the directory (mode 0750) if it is missing.
    ///
    /// - Throws: when the name cannot be a file's name, or the directory cannot be made.
    package init(path: String, name: String) throws(FiguresError) {
        try self.init(path: path, name: name, process: .current)
    }

    /// A directory that is only looked into; nil where there is none.
    package init?(lookingInto path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        self.path = path
        self.name = "reader"
        self.process = .current
    }

    init(path: String, name: String, process: ProcessIdentity) throws(FiguresError) {
        guard Self.isValid(name: name) else {
            throw FiguresError(
                code: .badName,
                message:
                    "\"\(name)\" cannot name a responder: use 1 to 64 letters, digits, dots, underscores or dashes."
            )
        }
        if unsafe mkdir(path, 0o750) != 0, errno != EEXIST {
            throw FiguresError(
                code: .noDirectory,
                message: "The directory \(path) for the responders' figures cannot be made: "
                    + "\(SystemError.describe(errno))."
            )
        }
        self.path = path
        self.name = name
        self.process = process
    }

    /// Replaces this responder's snapshot.
    ///
    /// - Parameters:
    ///   - json: one JSON value.
    ///   - prometheus: text as ``MetricsRegistry/prometheusText(extraLabels:)`` makes it, without the responder's label.
    package func write(json: [UInt8], prometheus: [UInt8]) throws(FiguresError) {
        let now = Clock.wallNanoseconds() / 1_000_000
        try self.replace(.json, SnapshotFile(process: self.process, writtenAt: now, contents: json))
        try self.replace(.prometheus, SnapshotFile(process: self.process, writtenAt: now, contents: prometheus))
    }

    /// Removes this responder's snapshot, at a regular end.
    package func remove() {
        self.removeFiles(of: self.name)
    }

    private func removeFiles(of name: String) {
        for form in SnapshotFile.Form.allCases { unsafe unlink(self.file(name, form)) }
    }

    /// The snapshots of all living responders, sorted by name; files of dead ones are removed, foreign files ignored.
    package func readAll() -> [ResponderSnapshot] {
        var snapshots: [ResponderSnapshot] = []
        var alive: [ProcessIdentity: Bool] = [:]
        func isAlive(_ process: ProcessIdentity) -> Bool {
            if let known = alive[process] { return known }
            let result = process.isAlive
            alive[process] = result
            return result
        }
        for name in self.names() {
            guard let json = self.read(name, .json) else { continue }
            guard isAlive(json.process) else {
                self.removeFiles(of: name)
                continue
            }
            // The second file may be missing for the moment between the first two renames.
            let prometheus = self.read(name, .prometheus).flatMap { isAlive($0.process) ? $0.contents : nil }
            snapshots.append(
                ResponderSnapshot(
                    name: name,
                    process: json.process,
                    writtenAt: json.writtenAt,
                    json: json.contents,
                    prometheus: prometheus ?? []
                )
            )
        }
        return snapshots
    }

    /// How old another responder's figures may be, 60 s: it writes them every second, and older ones say nothing any more
    /// about what an alarm is for.
    package static let oldestFigures: Int64 = 60_000

    /// The same with this responder's own snapshot as it is in memory, whatever could be written.
    package func readAll(own: (json: [UInt8], prometheus: [UInt8])) -> [ResponderSnapshot] {
        let snapshot = ResponderSnapshot(
            name: self.name,
            process: self.process,
            writtenAt: Clock.wallNanoseconds() / 1_000_000,
            json: own.json,
            prometheus: own.prometheus
        )
        return (self.readAll().filter { $0.name != self.name } + [snapshot]).sorted { $0.name < $1.name }
    }

    /// All living responders' metrics as one text, each sample with the label `responder`.
    ///
    /// This responder's own are given, not read: they are right on a full disk too. Those of the others come with their
    /// age, and without their samples once they are older than ``oldestFigures``.
    ///
    /// - Parameters:
    ///   - own: this responder's text.
    ///   - common: families that belong to no responder alone; they get no label, and are left out of the others' texts.
    package func mergedPrometheusText(own: [UInt8], common: [MetricFamily] = []) -> [UInt8] {
        let now = Clock.wallNanoseconds() / 1_000_000
        var ages = MetricFamily(
            "hydra_gateway_figures_age_seconds",
            help: "Age of a responder's figures in this text, in seconds; beyond 60 its other figures are left out.",
            kind: .gauge
        )
        ages.add(0, labels: [("responder", self.name)])
        var parts = [PrometheusText.Part(owner: self.name, text: own)]
        for other in self.readAll() where other.name != self.name {
            let age = max(0, now &- other.writtenAt)
            ages.add(Double(age) / 1_000, labels: [("responder", other.name)])
            guard age <= Self.oldestFigures else { continue }
            parts.append(PrometheusText.Part(owner: other.name, text: other.prometheus))
        }
        let shared = PrometheusText.write(common + [ages], extraLabels: [])
        return PrometheusText.merge([PrometheusText.Part(owner: nil, text: shared)] + parts, label: "responder")
    }

    private static func isValid(name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
                default: false
                }
            }
    }

    private func file(_ name: String, _ form: SnapshotFile.Form) -> String {
        "\(self.path)/\(name)\(form.fileExtension)"
    }

    func replace(_ form: SnapshotFile.Form, _ file: SnapshotFile) throws(FiguresError) {
        // The dot keeps it from the readers; the process id keeps two processes of one name apart.
        let temporary = "\(self.path)/.\(self.name)\(form.fileExtension).\(self.process.pid)"
        let failure = SmallFile.replace(
            self.file(self.name, form),
            through: temporary,
            with: file.bytes(form),
            mode: 0o640
        )
        guard failure == 0 else {
            throw FiguresError(
                code: .notWritten,
                message: "The figures cannot be written to \(self.path): \(SystemError.describe(failure))."
            )
        }
    }

    func read(_ name: String, _ form: SnapshotFile.Form) -> SnapshotFile? {
        SmallFile.read(self.file(name, form), limit: Self.fileBytes).flatMap { SnapshotFile($0, form) }
    }

    /// Names of the responders that left a file, sorted. Temporary files of dead writers go.
    func names(_ form: SnapshotFile.Form = .json) -> [String] {
        guard let directory = unsafe opendir(self.path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let file = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if file.hasPrefix(".") {
                self.removeAbandoned(file)
                continue
            }
            let suffix = form.fileExtension
            guard file.hasSuffix(suffix) else { continue }
            let name = String(file.dropLast(suffix.count))
            if Self.isValid(name: name), names.count < Self.responders {
                names.append(name)
            }
        }
        return names.sorted()
    }

    /// Removes a temporary file whose writer died between writing and renaming.
    private func removeAbandoned(_ file: String) {
        guard
            SnapshotFile.Form.allCases.contains(where: { file.contains("\($0.fileExtension).") }),
            let dot = file.lastIndex(of: "."),
            let pid = Int32(file[file.index(after: dot)...]), kill(pid, 0) != 0, errno == ESRCH
        else { return }
        unsafe unlink("\(self.path)/\(file)")
    }
}
