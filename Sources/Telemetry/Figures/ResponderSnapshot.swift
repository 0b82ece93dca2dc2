/// What one responder left of its figures. A value.
package struct ResponderSnapshot: Sendable {
    /// The responder's name.
    package let name: String
    /// Whose figures they are.
    package let process: ProcessIdentity
    /// Milliseconds since 1970 UTC at which they were written.
    package let writtenAt: Int64
    /// The figures as JSON, as they were handed to ``FiguresDirectory/write(json:prometheus:)``.
    package let json: [UInt8]
    /// The figures as Prometheus text.
    package let prometheus: [UInt8]
}
