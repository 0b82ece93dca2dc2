import HydraLimits
internal import NIOCore

/// The request of a batch: `{"batch":[ … ]}`, the calls' bodies as they are.
enum BatchBody {
    static let path = "/v1/batch"

    /// Cuts a batch into requests that keep both of the limits: bytes, and ``HydraLimits/CallLimits/batchCalls`` calls. A call
    /// that is too long by itself stands alone.
    static func parts(of calls: [Call], maximumBytes: Int) -> [ArraySlice<Call>] {
        var parts: [ArraySlice<Call>] = []
        var start = 0
        var bytes = 0
        for (index, call) in calls.enumerated() {
            let length = call.body.count + 1
            let isFull = bytes + length > maximumBytes || index - start == CallLimits.batchCalls
            if isFull && index > start {
                parts.append(calls[start..<index])
                start = index
                bytes = 0
            }
            bytes += length
        }
        if start < calls.count { parts.append(calls[start...]) }
        return parts
    }

    static func buffer(of calls: ArraySlice<Call>) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: calls.reduce(16) { $0 + $1.body.count + 1 })
        buffer.writeStaticString("{\"batch\":[")
        var isFirst = true
        for call in calls {
            if !isFirst { buffer.writeInteger(UInt8(ascii: ",")) }
            buffer.writeBytes(call.body)
            isFirst = false
        }
        buffer.writeStaticString("]}")
        return buffer
    }
}
