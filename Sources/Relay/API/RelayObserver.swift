package import Hydra
package import Spool

/// Is told what happens, for logs and metrics.
///
/// Called from any task, from several at the same time, outside of all locks; must not block.
package protocol RelayObserver: Sendable {
    /// A call was sent and answered.
    ///
    /// - Parameters:
    ///   - call: as it was when it was sent: `attempts` does not count this attempt.
    ///   - destination: where it was sent.
    ///   - answer: what became of it.
    ///   - duration: of the request, in nanoseconds; calls of one batch have the same.
    ///   - willRetryAt: when it is to be sent again, in milliseconds since 1970 UTC. nil after `.retry` means that it
    ///     was given up and is a dead letter, as one is after `.refused`. Not nil after `.refused` means that a batch
    ///     was refused as a whole and each of its calls is asked about alone. After `.unauthorized` it is nil, and the
    ///     call is sent again when the key is accepted.
    func attempted(
        call: StoredCall,
        destination: Destination,
        answer: Answer,
        duration: UInt64,
        willRetryAt: Int64?
    )

    /// A destination lets more or less through than before.
    func stateChanged(_ destination: Destination, from: DestinationState, to: DestinationState)
}

extension RelayObserver {
    package func attempted(
        call: StoredCall,
        destination: Destination,
        answer: Answer,
        duration: UInt64,
        willRetryAt: Int64?
    ) {}

    package func stateChanged(_ destination: Destination, from: DestinationState, to: DestinationState) {}
}
