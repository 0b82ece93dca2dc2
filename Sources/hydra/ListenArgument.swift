import ArgumentParser
import FastCGI

/// Where `serve` waits for the web server, as it is written on the command line.
enum ListenArgument: ExpressibleByArgument, Equatable {
    case unix(path: String)
    case tcp(host: String, port: UInt16)
    case inherited

    init?(argument: String) {
        if argument == "inherited" {
            self = .inherited
        } else if let path = Self.rest(of: argument, after: "unix:"), path.hasPrefix("/") {
            self = .unix(path: path)
        } else if let address = Self.rest(of: argument, after: "tcp:"), let colon = address.lastIndex(of: ":"),
            let port = UInt16(address[address.index(after: colon)...]), colon != address.startIndex
        {
            // An IPv6 address stands in brackets, so that its colons are told from the port's.
            let host = address[..<colon].drop { $0 == "[" }
            self = .tcp(host: host.hasSuffix("]") ? String(host.dropLast()) : String(host), port: port)
        } else {
            return nil
        }
    }

    private static func rest(of text: String, after prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }
}
