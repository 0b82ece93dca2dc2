internal import CNATS

/// Owns a subscription; it ends with the object.
///
/// Safe on any thread: libnats locks.
@safe
final class NATSSubscription: Sendable {
    private nonisolated(unsafe) let pointer: OpaquePointer

    /// - Parameter connection: lent.
    init(
        _ connection: OpaquePointer,
        _ subject: String,
        _ receive: @escaping @Sendable (NATSMessage) -> Void
    ) throws(RequestFailure) {
        let receiver = unsafe Unmanaged.passRetained(Receiver(receive))
        var pointer: OpaquePointer?
        let status = unsafe natsConnection_Subscribe(
            &pointer,
            connection,
            subject,
            { _, _, message, closure in
                guard let message = unsafe message else { return }
                let owned = unsafe NATSMessage(owning: message)
                guard let closure = unsafe closure else { return }
                unsafe Unmanaged<Receiver>.fromOpaque(closure).takeUnretainedValue().receive(owned)
            },
            receiver.toOpaque()
        )
        guard status == NATS_OK, let pointer = unsafe pointer else {
            unsafe receiver.release()
            throw .client(NATSConnection.text(of: status))
        }
        unsafe self.pointer = pointer
        // Called when the last message was handed over and none can follow.
        let isSet = unsafe natsSubscription_SetOnCompleteCB(
            pointer,
            { closure in
                guard let closure = unsafe closure else { return }
                unsafe Unmanaged<Receiver>.fromOpaque(closure).release()
            },
            receiver.toOpaque()
        )
        // Without it the receiver is never let go, which is better than too early.
        _ = isSet
        // Bounded by what was asked for: a bound of the library's would drop messages.
        unsafe natsSubscription_SetPendingLimits(pointer, -1, -1)
    }

    deinit {
        unsafe natsSubscription_Unsubscribe(self.pointer)
        unsafe natsSubscription_Destroy(self.pointer)
    }

    /// What the callback is given.
    private final class Receiver: Sendable {
        let receive: @Sendable (NATSMessage) -> Void

        init(_ receive: @escaping @Sendable (NATSMessage) -> Void) {
            self.receive = receive
        }
    }
}
