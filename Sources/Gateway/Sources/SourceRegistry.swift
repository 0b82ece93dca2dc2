package import Segment

/// All sources of one configuration, found by write key or by name.
///
/// Immutable, shared by all threads. Looking a key up in a dictionary leaks no useful timing: Swift's hash is seeded
/// for each process, and the final comparison is made in constant time.
package struct SourceRegistry: Sendable {
    /// In the order of their names.
    package let all: [Source]
    private let byWriteKey: [WriteKey: Int]
    private let byName: [String: Int]

    /// - Parameter sources: names and write keys are unique, which the configuration has checked; of two with the same
    ///   key or name the first would win.
    package init(_ sources: [Source]) {
        self.all = sources.sorted { $0.name < $1.name }
        self.byWriteKey = Dictionary(
            self.all.enumerated().flatMap { offset, source in source.writeKeys.map { ($0, offset) } },
            uniquingKeysWith: { first, _ in first }
        )
        self.byName = Dictionary(
            self.all.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The source that has this write key among its own.
    package func source(writeKey: WriteKey) -> Source? {
        guard let index = self.byWriteKey[writeKey], self.all.indices.contains(index) else { return nil }
        return self.all[index]
    }

    /// The source of this name.
    package func source(named name: String) -> Source? {
        guard let index = self.byName[name], self.all.indices.contains(index) else { return nil }
        return self.all[index]
    }
}
