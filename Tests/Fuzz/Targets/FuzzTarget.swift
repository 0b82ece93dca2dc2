/// One thing that is fed arbitrary bytes, and says what is wrong with how it took them.
///
/// The fuzzer's driver and the unit tests run the same targets: the driver to find inputs, the tests on all inputs that
/// are kept. A value.
package struct FuzzTarget: Sendable {
    /// The name on the command line, and of the directories of its seeds and failures.
    package let name: String
    /// Longer inputs are cut off: what is slow to read whole finds nothing that a short one does not.
    package let maximumBytes: Int
    private let body: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, maximumBytes: Int, _ body: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.maximumBytes = maximumBytes
        self.body = body
    }

    /// Feeds one input.
    ///
    /// - Throws: ``Finding`` if a promise is broken; any other error is a failure of the target's own machinery.
    package func run(_ input: [UInt8]) throws {
        try self.body(Array(input.prefix(self.maximumBytes)))
    }

    package static let all: [FuzzTarget] = [
        .json, .segment, .timestamps, .gzip, .records, .fastCGI, .configuration,
    ]
}

/// A promise that an input has broken.
package struct Finding: Error, CustomStringConvertible {
    package let description: String
}

/// Throws a finding unless the promise holds.
func require(_ holds: Bool, _ promise: @autoclosure () -> String) throws(Finding) {
    guard holds else { throw Finding(description: promise()) }
}

/// The value; a finding if there is none.
func require<Value>(_ value: Value?, _ promise: @autoclosure () -> String) throws(Finding) -> Value {
    guard let value else { throw Finding(description: promise()) }
    return value
}
