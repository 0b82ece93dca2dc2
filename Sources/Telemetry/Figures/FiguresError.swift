/// Why a snapshot could not be written.
package struct FiguresError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A bounded set for labels and tests.
    package enum Code: String, Sendable {
        case badName = "figures_bad_name"
        case noDirectory = "figures_no_directory"
        case notWritten = "figures_not_written"
    }

    package let code: Code
    /// What happened, where, and what to do about it.
    package let message: String

    package var description: String { self.message }
}
