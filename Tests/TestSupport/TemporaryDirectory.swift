import Foundation

/// A directory of a test's own, removed with everything in it when the last reference goes.
///
/// Threads: all.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        // Short, so that socket paths fit into their 107 bytes.
        var template = Array("/tmp/t-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw TestError("mkdtemp failed: errno \(errno)") }
        self.path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.path)
    }

    /// The path of a file in it.
    package func file(_ name: String) -> String {
        self.path + "/" + name
    }
}

/// A failure of the test's own machinery.
package struct TestError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
