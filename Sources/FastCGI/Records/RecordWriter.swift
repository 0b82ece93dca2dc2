/// Writes the few records that do not go through libfcgi.
enum RecordWriter {
    /// Ends a request: 16 bytes.
    static func end(_ request: UInt16, _ status: UInt8, to bytes: inout [UInt8]) {
        RecordHeader(
            type: RecordType.endRequest,
            request: request,
            contentBytes: RecordFormat.beginBodyBytes
        ).write(to: &bytes)
        // Four bytes of application status, the protocol status, three reserved.
        bytes.append(contentsOf: [0, 0, 0, 0, status, 0, 0, 0])
    }

    /// The request up to the end of its (empty) body, as a front server would send it in the simplest way.
    static func head(request: UInt16, keepsConnection: Bool, parameters: [UInt8]) -> [UInt8] {
        let longest = RecordFormat.longestContent
        let records = parameters.count / longest + 4
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parameters.count + (records + 1) * RecordFormat.headerBytes)
        RecordHeader(
            type: RecordType.beginRequest,
            request: request,
            contentBytes: RecordFormat.beginBodyBytes
        ).write(to: &bytes)
        let flags = keepsConnection ? RecordFormat.keepConnectionFlag : 0
        bytes.append(contentsOf: [0, UInt8(RecordFormat.responderRole), flags, 0, 0, 0, 0, 0])
        var rest = parameters[...]
        while !rest.isEmpty {
            let piece = rest.prefix(longest)
            RecordHeader(type: RecordType.parameters, request: request, contentBytes: piece.count).write(to: &bytes)
            bytes.append(contentsOf: piece)
            rest = rest.dropFirst(longest)
        }
        RecordHeader(type: RecordType.parameters, request: request, contentBytes: 0).write(to: &bytes)
        RecordHeader(type: RecordType.standardInput, request: request, contentBytes: 0).write(to: &bytes)
        return bytes
    }
}
