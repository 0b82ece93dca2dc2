internal import Dispatch
internal import Synchronization

/// Puts the outcomes of several requests into their order, whatever the order in which they end.
///
/// Safe on any thread.
final class Gathering<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let done: @Sendable ([Value]) -> Void

    /// - Parameter done: called once, with all values, on the thread that brings the last one.
    private init(count: Int, done: @escaping @Sendable ([Value]) -> Void) {
        self.state = Mutex(State(values: Array(repeating: nil, count: count), missing: count))
        self.done = done
    }

    /// Only the first value of a place counts.
    private func put(_ value: Value, at index: Int) {
        let all: [Value]? = self.state.withLock { state in
            guard state.values[index] == nil else { return nil }
            state.values[index] = value
            state.missing -= 1
            return state.missing == 0 ? state.values.compactMap { $0 } : nil
        }
        if let all { self.done(all) }
    }

    /// Starts one request for each item and hands over all outcomes.
    static func start<Item>(
        _ items: [Item],
        _ start: (Item, @escaping @Sendable (Value) -> Void) -> Void,
        done: @escaping @Sendable ([Value]) -> Void
    ) {
        guard !items.isEmpty else { return done([]) }
        let gathering = Gathering(count: items.count, done: done)
        for (index, item) in items.enumerated() {
            start(item) { gathering.put($0, at: index) }
        }
    }

    /// The same for a task.
    static func all<Item>(
        _ items: [Item],
        _ start: (Item, @escaping @Sendable (Value) -> Void) -> Void
    ) async -> [Value] {
        await withCheckedContinuation { continuation in
            Self.start(items, start) { continuation.resume(returning: $0) }
        }
    }

    /// The same for a thread, which waits. Needs no thread of the concurrency pool to go on.
    static func wait<Item>(_ items: [Item], _ start: (Item, @escaping @Sendable (Value) -> Void) -> Void) -> [Value] {
        let semaphore = DispatchSemaphore(value: 0)
        let values = Box()
        Self.start(items, start) { all in
            values.put(all)
            semaphore.signal()
        }
        semaphore.wait()
        return values.take()
    }

    private final class Box: Sendable {
        private let values = Mutex<[Value]>([])

        func put(_ values: [Value]) { self.values.withLock { $0 = values } }

        func take() -> [Value] { self.values.withLock { $0 } }
    }
}
