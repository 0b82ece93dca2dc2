import Foundation
import GRDB

/// Text from outside on its way into the database and back.
///
/// GRDB binds and reads C strings, so a NUL would cut the text: such texts are kept as their bytes. Equal texts are
/// equal in SQL too, because the form depends on the text alone.
enum SQLText {
    static func value(_ text: String) -> any DatabaseValueConvertible {
        var text = text
        // One pass over the bytes where they lie.
        let hasNUL = text.withUTF8 { unsafe $0.contains(0) }
        return hasNUL ? Data(text.utf8) : text
    }

    static func value(_ text: String?) -> (any DatabaseValueConvertible)? {
        text.map { self.value($0) }
    }

    /// - Returns: nil for NULL.
    static func read(_ row: Row, _ index: Int) -> String? {
        let value: Data? = row[index]
        return value.map { String(decoding: $0, as: UTF8.self) }
    }
}
