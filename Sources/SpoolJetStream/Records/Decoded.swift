internal import Spool

/// What the bytes of a message turned out to be.
///
/// A plain value; safe on any thread.
enum Decoded<Record: Sendable>: Sendable {
    case record(Record)
    /// Ours, in a form that a later version of this program writes: it must be left for that.
    case newer(version: UInt8)
    /// None of ours.
    case foreign

    /// The record, if it is one that can be read.
    var record: Record? { if case .record(let record) = self { record } else { nil } }

    /// The version that is needed to read it, if this one cannot.
    var neededVersion: UInt8? { if case .newer(let version) = self { version } else { nil } }

    /// Reads a record that begins with its version, in a stream that nobody else writes.
    init(_ bytes: [UInt8], version: UInt8, _ read: (inout RecordReader) throws(RecordReader.Malformed) -> Record?) {
        var reader = RecordReader(bytes)
        do throws(RecordReader.Malformed) {
            let found = try reader.byte()
            guard found <= version else {
                self = .newer(version: found)
                return
            }
            guard found == version, let record = try read(&reader) else {
                self = .foreign
                return
            }
            self = .record(record)
        } catch {
            self = .foreign
        }
    }
}

extension SpoolError {
    /// Something that only a later version of this program can read.
    ///
    /// - Parameter what: with an article, at the beginning of a sentence.
    static func needsVersion(_ version: UInt8, _ what: String) -> SpoolError {
        SpoolError(
            code: .missing,
            message:
                "\(what) was written by a later version of hydra-gateway: record version \(version) is needed. Start that"
                + " version here, too; until then it is left as it is.",
            retryAfterSeconds: Self.operatorPause
        )
    }
}
