/// Why a whole request is refused.
///
/// A plain value; any thread. On SDK routes the status is 400, which every SDK takes for final; a pixel answers its GIF
/// and JSONP its script all the same.
package struct EdgeRejection: Error, Sendable, Equatable {
    /// The bounded name of the reason: the `code` of the answer, the label of the metric, the `error.type` of the log.
    package enum Code: String, Sendable, CaseIterable {
        case notJSON = "not_json"
        case bodyNotObject = "body_not_object"
        case emptyBody = "empty_body"
        case bodyTooLarge = "body_too_large"
        case bodyTooDeep = "body_too_deep"
        case batchMissing = "batch_missing"
        case badGzip = "bad_gzip"
        case badDeflate = "bad_deflate"
        case badQuery = "bad_query"
        case writeKeyMissing = "write_key_missing"
        case writeKeyUnknown = "write_key_unknown"
        case sourceDisabled = "source_disabled"
        case signatureMissing = "signature_missing"
        case signatureInvalid = "signature_invalid"
        case unauthorized = "unauthorized"
        case outOfMemory = "out_of_memory"
    }

    /// The reason.
    package let code: Code
    /// What happened and what to do, in one sentence without any of the request's content.
    package let message: String
    /// The HTTP status that says it.
    package let status: Int

    /// A rejection with the message and the status of its code.
    package init(_ code: Code) {
        self.init(code, message: code.message)
    }

    /// The message for a key that would be one without its control characters.
    package static let controlCharactersInKey =
        "The key has a line feed or another control character in it: `echo` adds one, `printf %s` does not."

    /// A rejection that can say more than its code.
    package init(_ code: Code, message: String) {
        self.code = code
        self.message = message
        self.status = code.status
    }
}

extension EdgeRejection.Code {
    /// 401 where the sender is Segment's servers, which know it; SDKs get 400 for a wrong key too, because some of them
    /// send again on every other status.
    var status: Int {
        switch self {
        case .unauthorized, .signatureMissing, .signatureInvalid: 401
        case .outOfMemory: 503
        case .notJSON, .bodyNotObject, .emptyBody, .bodyTooLarge, .bodyTooDeep, .batchMissing, .badGzip, .badDeflate,
            .badQuery,
            .writeKeyMissing,
            .writeKeyUnknown, .sourceDisabled:
            400
        }
    }

    var message: String {
        switch self {
        case .notJSON: "The body is not JSON. Send one event, a batch object or an array of events in UTF-8."
        case .bodyNotObject: "The body is JSON but no object. Send one event, a batch object or an array of events."
        case .emptyBody: "The body is empty. Send one event, a batch object or an array of events."
        case .bodyTooLarge: "Exceed payload limit. Send smaller events, or fewer in one batch."
        case .bodyTooDeep: "What the batch says for all of its events nests too deep. Flatten it."
        case .batchMissing: "The member \"batch\" is missing or no array. Send {\"batch\":[…]}."
        case .badGzip: "The body begins as gzip but cannot be decompressed. Send it whole, or uncompressed."
        case .badDeflate: "The body is deflate but cannot be decompressed. Send it whole, or uncompressed."
        case .badQuery: "The query holds no readable event. Send data= with base64 of a JSON object in UTF-8."
        case .writeKeyMissing: "No write key was given. Send it as the user of Basic authorization, or as \"writeKey\"."
        case .writeKeyUnknown: "An invalid write key was provided. Compare it with the gateway's configuration."
        case .sourceDisabled: "The source of this write key is disabled. Enable it in the gateway's configuration."
        case .signatureMissing: "The header X-Signature is missing. Set the shared secret of the webhook in Segment."
        case .signatureInvalid: "X-Signature does not fit the body. Compare the webhook's shared secret on both sides."
        case .unauthorized: "The API key is missing or wrong. Compare it with the key of this source."
        case .outOfMemory: "There is no memory to decompress the body. Send it again later."
        }
    }
}
