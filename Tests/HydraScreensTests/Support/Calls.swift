import Foundation
import TestSupport

func json(_ text: String) -> String {
    guard let data = try? JSONSerialization.data(withJSONObject: [text]) else { return #""""# }
    return String(String(decoding: data, as: UTF8.self).dropFirst().dropLast())
}

func identify(
    _ messageId: String,
    _ user: String,
    _ traits: String,
    at time: String = "2026-11-20T10:00:00.000Z"
) -> String {
    """
    {"type":"identify","messageId":\(json(messageId)),"userId":\(json(user)),"timestamp":"\(time)","source":"web",\
    "traits":\(traits)}
    """
}

func track(
    _ messageId: String,
    _ user: String,
    _ event: String,
    feature: String? = nil,
    flag: String = "neutral",
    at time: String = "2026-11-20T10:00:00.000Z",
    properties: String? = nil
) -> String {
    let properties = properties ?? feature.map { #"{"feature":\#(json($0)),"eventFlag":"\#(flag)"}"# } ?? "{}"
    return """
        {"type":"track","messageId":\(json(messageId)),"userId":\(json(user)),"event":\(json(event)),\
        "timestamp":"\(time)","source":"web","properties":\(properties),"feature":\(feature.map { json($0) } ?? "null"),\
        "eventFlag":"\(flag)"}
        """
}

extension TemporaryDirectory {
    /// The bytes of a file in it; none if it is not there.
    func bytes(_ name: String) throws -> [UInt8] {
        let path = self.file(name)
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }
}
