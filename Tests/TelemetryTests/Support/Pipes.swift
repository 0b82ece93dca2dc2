import Glibc
import Testing

/// Pipes as bare descriptors: the reading end, the writing end. The test closes them.
enum Pipes {
    static func make() throws -> [Int32] {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        return ends
    }
}
