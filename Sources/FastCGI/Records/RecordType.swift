/// The record types of the FastCGI specification (version 1, section 8) that matter to a responder.
enum RecordType {
    static let beginRequest: UInt8 = 1
    static let abortRequest: UInt8 = 2
    static let endRequest: UInt8 = 3
    static let parameters: UInt8 = 4
    static let standardInput: UInt8 = 5
    static let standardOutput: UInt8 = 6
}

/// `protocolStatus` of an end-of-request record (specification, section 5.5).
enum ProtocolStatus {
    static let requestComplete: UInt8 = 0
    static let cannotMultiplex: UInt8 = 1
    static let unknownRole: UInt8 = 3
}

/// Sizes and values of the record format (specification, section 3.3).
enum RecordFormat {
    static let version: UInt8 = 1
    static let headerBytes = 8
    static let beginBodyBytes = 8
    static let longestContent = 65_535
    static let longestPadding = 255
    static let keepConnectionFlag: UInt8 = 1
    static let responderRole: UInt16 = 1
}
