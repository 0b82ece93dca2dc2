internal import CNATS

/// Owns a message that arrived.
///
/// Lives on the thread of libnats that brought it: reading headers changes the C object. What is to go elsewhere is copied.
@safe
final class NATSMessage {
    private let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe natsMsg_Destroy(self.pointer)
    }

    var subject: String { unsafe String(cString: natsMsg_GetSubject(self.pointer)) }

    /// Where an answer goes; in a message from a consumer, its place in the stream.
    var reply: String? {
        guard let reply = unsafe natsMsg_GetReply(self.pointer) else { return nil }
        return unsafe String(cString: reply)
    }

    var length: Int { Int(unsafe natsMsg_GetDataLength(self.pointer)) }

    /// A copy.
    var payload: [UInt8] { unsafe self.withPayload { unsafe Array($0) } }

    /// Lends the payload.
    func withPayload<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let length = self.length
        guard length > 0, let data = unsafe natsMsg_GetData(self.pointer) else {
            return unsafe body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return unsafe body(UnsafeRawBufferPointer(start: UnsafeRawPointer(data), count: length))
    }

    /// The status of a message that only the server can have sent: 404, 408, 409, 503, 100; nil for all others.
    var status: Int? { self.header("Status").flatMap { Int($0) } }

    /// What stands behind the status.
    var statusText: String { self.header("Description") ?? "" }

    func header(_ name: String) -> String? {
        var value: UnsafePointer<CChar>?
        guard unsafe natsMsgHeader_Get(self.pointer, name, &value) == NATS_OK, let value = unsafe value else {
            return nil
        }
        return unsafe String(cString: value)
    }
}
