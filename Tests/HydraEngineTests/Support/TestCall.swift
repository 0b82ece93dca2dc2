import Foundation
import Testing

/// A call as a sender writes it.
struct TestCall: Sendable, CustomTestStringConvertible {
    var isTrack = false
    var messageId: String
    var members: String

    var path: String { self.isTrack ? "/v1/track" : "/v1/identify" }

    var json: String {
        #"{"type":"\#(self.isTrack ? "track" : "identify")","messageId":"\#(self.messageId)",\#(self.members)}"#
    }

    var testDescription: String { self.messageId }

    /// - Parameters:
    ///   - second: of the minute in which all test calls happen.
    ///   - traits: JSON.
    static func identify(
        _ messageId: String,
        user: String? = nil,
        anonymous: String? = nil,
        at second: Int = 0,
        _ traits: String = "{}"
    ) -> TestCall {
        TestCall(
            messageId: messageId,
            members: self.ids(user, anonymous) + self.time(second) + #","traits":\#(traits)"#
        )
    }

    /// - Parameter properties: JSON.
    static func track(
        _ messageId: String,
        user: String? = nil,
        anonymous: String? = nil,
        at second: Int = 0,
        event: String = "Used",
        _ properties: String = "{}"
    ) -> TestCall {
        TestCall(
            isTrack: true,
            messageId: messageId,
            members: self.ids(user, anonymous) + self.time(second)
                + #","event":"\#(event)","properties":\#(properties)"#
        )
    }

    /// The call as a gateway passes it on, which took it at some second, as its nth.
    func received(at second: Int = 50, sequence: Int) -> TestCall {
        var call = self
        call.members += #","receivedAt":"2026-01-02T03:04:\#(second).000Z","sequence":\#(sequence)"#
        return call
    }

    /// The same call at another time.
    func at(_ time: String) -> TestCall {
        var call = self
        call.members.replace(/"timestamp":"[^"]*"/, with: #""timestamp":"\#(time)""#)
        return call
    }

    private static func ids(_ user: String?, _ anonymous: String?) -> String {
        [("userId", user), ("anonymousId", anonymous)]
            .compactMap { name, value in value.map { #""\#(name)":"\#($0)","# } }.joined()
    }

    private static func time(_ second: Int) -> String {
        let text = second < 10 ? "0\(second)" : "\(second)"
        return #""timestamp":"2026-01-02T03:04:\#(text).000Z""#
    }
}

func base64(_ text: String) -> String {
    Data(text.utf8).base64EncodedString()
}
