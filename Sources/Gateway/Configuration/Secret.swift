/// A text that must not be shown: a key or a shared secret. Whatever prints it prints `[redacted]`. A value.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the one place that needs it.
    package let value: String

    package init(_ value: String) {
        self.value = value
    }

    package var description: String { "[redacted]" }

    package var debugDescription: String { self.description }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
