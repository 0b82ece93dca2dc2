internal import JSON
internal import Spool

/// Dead letters and rejected events: looked at, replayed, dropped.
///
/// Stateless; safe on any thread. Everything here blocks.
struct DeadLetters: Sendable {
    let client: JetStreamClient
    let layout: StreamLayout

    /// A letter's place, as its subject says it.
    private struct Place {
        let id: Int64
        let subject: String
        let source: String
    }

    // MARK: Looking

    func letters(source: String?, after id: Int64, limit: Int) throws(SpoolError) -> [DeadLetter] {
        let places = try self.places(self.layout.deadSubjects(source: source)).filter { $0.id > id }
        return try self.read(places.prefix(max(0, limit))).map(\.letter)
    }

    func letter(id: Int64) throws(SpoolError) -> DeadLetter? {
        try self.read(self.places(self.layout.deadSubjects(id: id))[...]).first?.letter
    }

    func newest(limit: Int) throws(SpoolError) -> [DeadLetter] {
        let places = try self.places(self.layout.deadSubjects()).suffix(max(0, limit))
        return try self.read(places).reversed().map { found in
            DeadLetter(call: found.letter.call.withoutBody, reason: found.letter.reason)
        }
    }

    func ids(code: String?, after id: Int64, through: Int64, limit: Int) throws(SpoolError) -> [Int64] {
        let places = try self.places(self.layout.deadSubjects(code: code))
        return Array(places.lazy.map(\.id).filter { $0 > id && $0 <= through }.prefix(max(0, limit)))
    }

    /// The letters under some subjects, in the order of their ids; each id once.
    private func places(_ filter: String) throws(SpoolError) -> [Place] {
        var places: [Place] = []
        for subject in try self.subjects(self.layout.dead, filter).keys {
            let words = subject.split(separator: ".")
            guard words.count == 5, let id = Int64(words[4]), let source = StreamLayout.text(words[2]) else { continue }
            places.append(Place(id: id, subject: subject, source: source))
        }
        places.sort { ($0.id, $0.subject) < ($1.id, $1.subject) }
        // A letter that was written twice with two reasons, because the owner changed in between.
        var last: Int64?
        return places.filter { place in
            defer { last = place.id }
            return place.id != last
        }
    }

    /// The subjects of a stream with their numbers of messages. The servers give a hundred thousand at a time.
    private func subjects(_ stream: String, _ filter: String) throws(SpoolError) -> [String: Int] {
        var subjects: [String: Int] = [:]
        while true {
            let body = Array(#"{"subjects_filter":"\#(filter)","offset":\#(subjects.count)}"#.utf8)
            let state = try self.state(stream, body)
            subjects.merge(state.subjects) { $1 }
            guard !state.subjects.isEmpty, subjects.count < state.subjectsTotal else { return subjects }
        }
    }

    private func state(_ stream: String, _ body: [UInt8] = []) throws(SpoolError) -> StreamState {
        do throws(RequestError) {
            return StreamState(try self.client.askAndWait("STREAM.INFO.\(stream)", body))
        } catch {
            throw SpoolError(error, "The stream \(stream)")
        }
    }

    private func read(
        _ places: ArraySlice<Place>
    ) throws(SpoolError) -> [(letter: DeadLetter, sequence: UInt64)] {
        let answers = self.client.askAndWait(
            places.map { place in
                ("STREAM.MSG.GET.\(self.layout.dead)", Array(#"{"last_by_subj":"\#(place.subject)"}"#.utf8))
            }
        )
        var letters: [(letter: DeadLetter, sequence: UInt64)] = []
        for answer in answers {
            switch answer {
            case .success(let document):
                guard let message = StoredMessage(document) else { continue }
                switch DeadRecord.decode(message.payload) {
                case .record(let letter): letters.append((letter, message.sequence))
                case .newer(let version): throw .needsVersion(version, "The dead letter \(message.subject)")
                case .foreign: continue
                }
            case .failure(let error):
                // Replayed or dropped meanwhile.
                if error.errCode == APIError.noMessageFound { continue }
                throw SpoolError(error, "The stream \(self.layout.dead)")
            }
        }
        return letters
    }

    // MARK: Changing

    /// Puts letters back under ids of messages that follow from theirs: when this is broken off in between, what was done
    /// twice is recognised within the duplicate window, and delivered under the same key in any case.
    func replay(_ selection: DeadSelection) throws(SpoolError) -> Int {
        var count = 0
        var rest = try self.selected(selection)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(JetStreamClient.piece)
            rest = rest.dropFirst(piece.count)
            let letters = try self.read(piece)
            let results = Gathering<Result<PublishAck, RequestError>>.wait(letters) { found, done in
                let call = found.letter.call
                let partition = self.layout.partition(of: call.lane)
                var message = OutgoingMessage(
                    self.layout.callSubject(partition, source: call.source),
                    CallRecord.encode(call)
                )
                message.messageId = "replay.\(found.sequence)"
                self.client.publish(message, done)
            }
            for case .failure(let error) in results { throw SpoolError(error, "A stream of calls") }
            let deletions = self.client.askAndWait(
                letters.map { found in
                    (
                        "STREAM.MSG.DELETE.\(self.layout.dead)",
                        Array(#"{"seq":\#(found.sequence),"no_erase":true}"#.utf8)
                    )
                }
            )
            for case .failure(let error) in deletions where error.errCode != APIError.noMessageFound {
                // 10057: it is not there any more.
                if error.errCode == 10057 { continue }
                throw SpoolError(error, "The stream \(self.layout.dead)")
            }
            count += letters.count
        }
        return count
    }

    func drop(_ selection: DeadSelection) throws(SpoolError) -> Int {
        switch selection {
        case .all, .source:
            // Not those that come meanwhile.
            let last = try self.state(self.layout.dead).last
            var filter = self.layout.deadSubjects()
            if case .source(let source) = selection { filter = self.layout.deadSubjects(source: source) }
            return try self.purge([#"{"filter":"\#(filter)","seq":\#(last + 1)}"#])
        case .ids(let ids):
            return try self.purge(
                Set(ids).sorted().map { id in #"{"filter":"\#(self.layout.deadSubjects(id: id))"}"# }
            )
        }
    }

    private func purge(_ bodies: [String]) throws(SpoolError) -> Int {
        var count = 0
        for answer in self.client.askAndWait(bodies.map { ("STREAM.PURGE.\(self.layout.dead)", Array($0.utf8)) }) {
            switch answer {
            case .success(let document): count += Int(clamping: document.root["purged"]?.int64 ?? 0)
            case .failure(let error): throw SpoolError(error, "The stream \(self.layout.dead)")
            }
        }
        return count
    }

    private func selected(_ selection: DeadSelection) throws(SpoolError) -> [Place] {
        switch selection {
        case .all: return try self.places(self.layout.deadSubjects())
        case .source(let source): return try self.places(self.layout.deadSubjects(source: source))
        case .ids(let ids):
            let wanted = Set(ids)
            guard wanted.count > 64 else {
                var places: [Place] = []
                for id in wanted.sorted() { places += try self.places(self.layout.deadSubjects(id: id)) }
                return places
            }
            return try self.places(self.layout.deadSubjects()).filter { wanted.contains($0.id) }
        }
    }

    // MARK: Figures

    struct Figures {
        var total = 0
        var dropped = 0
        var bytes: Int64 = 0
        var sources: [String: Int] = [:]
    }

    func statistics() throws(SpoolError) -> Figures {
        try self.figures(self.layout.dead, self.layout.deadSubjects())
    }

    func rejectedStatistics() throws(SpoolError) -> Figures {
        try self.figures(self.layout.rejected, self.layout.rejectedSubjects)
    }

    private func figures(_ stream: String, _ filter: String) throws(SpoolError) -> Figures {
        let state = try self.state(stream)
        var figures = Figures()
        figures.total = Int(clamping: state.messages)
        figures.dropped = max(0, Int(clamping: state.first) - 1)
        figures.bytes = state.bytes
        guard state.messages > 0 else { return figures }
        for (subject, count) in try self.subjects(stream, filter) {
            let words = subject.split(separator: ".")
            guard words.count >= 3, let source = StreamLayout.text(words[2]) else { continue }
            figures.sources[source, default: 0] += count
        }
        return figures
    }

    // MARK: Rejected events

    func rejected(after id: Int64, limit: Int) throws(SpoolError) -> [RejectedRecord] {
        let state = try self.state(self.layout.rejected)
        guard state.messages > 0, limit > 0 else { return [] }
        var records: [RejectedRecord] = []
        var next = max(state.first, UInt64(clamping: max(0, id)) + 1)
        while next <= state.last, records.count < limit {
            let end = min(state.last, next + UInt64(JetStreamClient.piece) - 1)
            let answers = Gathering<Result<StoredMessage?, RequestError>>.wait(Array(next...end)) { sequence, done in
                self.client.storedMessage(stream: self.layout.rejected, sequence: sequence, done)
            }
            for answer in answers {
                switch answer {
                case .success(let message):
                    guard let message else { continue }
                    switch RejectedRecordCoding.decode(message.payload, id: Int64(clamping: message.sequence)) {
                    case .record(let record): records.append(record)
                    case .newer(let version): throw .needsVersion(version, "The rejected event \(message.sequence)")
                    case .foreign: continue
                    }
                case .failure(let error): throw SpoolError(error, "The stream \(self.layout.rejected)")
                }
            }
            next = end + 1
        }
        return Array(records.prefix(limit))
    }
}
