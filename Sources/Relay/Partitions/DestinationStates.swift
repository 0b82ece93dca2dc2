internal import Hydra
internal import Spool
internal import Synchronization

/// What a destination lets through in all partitions together, so that people are told once, not once for each
/// partition. Any thread.
final class DestinationStates: Sendable {
    private struct Entry {
        let destination: Destination
        /// Partitions in which the destination is not delivering freely.
        var states: [Int: DestinationState] = [:]

        var together: DestinationState { DestinationState.together(self.states.values) }
    }

    private let observer: any RelayObserver
    private let entries = Mutex<[Endpoint: Entry]>([:])

    init(observer: any RelayObserver) {
        self.observer = observer
    }

    /// The observer of one partition.
    func observer(of partition: Int) -> any RelayObserver {
        Partition(number: partition, all: self)
    }

    /// A partition is not delivered here any more: what it knew of destinations is over.
    func forget(_ partition: Int) {
        let endpoints = self.entries.withLock { Array($0.values.map(\.destination)) }
        for destination in endpoints { self.set(destination, of: partition, to: nil) }
    }

    private func set(_ destination: Destination, of partition: Int, to state: DestinationState?) {
        let (before, after) = self.entries.withLock { entries -> (DestinationState, DestinationState) in
            var entry = entries[destination.endpoint] ?? Entry(destination: destination)
            let before = entry.together
            entry.states[partition] = state == .delivering ? nil : state
            entries[destination.endpoint] = entry
            return (before, entry.together)
        }
        if before != after { self.observer.stateChanged(destination, from: before, to: after) }
    }

    private struct Partition: RelayObserver {
        let number: Int
        let all: DestinationStates

        func attempted(
            call: StoredCall,
            destination: Destination,
            answer: Answer,
            duration: UInt64,
            willRetryAt: Int64?
        ) {
            self.all.observer.attempted(
                call: call,
                destination: destination,
                answer: answer,
                duration: duration,
                willRetryAt: willRetryAt
            )
        }

        func stateChanged(_ destination: Destination, from: DestinationState, to: DestinationState) {
            self.all.set(destination, of: self.number, to: to)
        }
    }
}
