import JSON

/// Events in the query of a GET: pixels and JSONP.
///
/// Either `data` holds base64 of a JSON object, or the parameters are its members and dots in their names make objects:
/// `properties.subject=Hi`. All values stay strings.
enum PixelQuery {
    /// The JSON text of the event.
    ///
    /// - Throws: `badQuery` for base64 that is none, `bodyTooLarge` beyond the limit of an event.
    static func event(in query: QueryString, limits: SegmentLimits) throws(EdgeRejection) -> [UInt8] {
        if let data = query["data"], !data.isEmpty {
            guard let text = Base64.decode(data.utf8) else { throw EdgeRejection(.badQuery) }
            guard text.count <= limits.eventBytes else { throw EdgeRejection(.bodyTooLarge) }
            return text
        }
        let root = Branch()
        for parameter in query.parameters where !parameter.name.isEmpty && parameter.name != "data" {
            let path = parameter.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard path.count <= limits.depth else { throw EdgeRejection(.badQuery) }
            root.set(parameter.value, at: path[...])
        }
        var writer = JSONWriter(reserving: 512)
        root.append(to: &writer)
        guard writer.bytes.count <= limits.eventBytes else { throw EdgeRejection(.bodyTooLarge) }
        return writer.bytes
    }

    /// An object under construction. Never deeper than the depth limit, so recursion is safe.
    private final class Branch {
        private enum Node {
            case text(String)
            case branch(Branch)
        }

        private var names: [String] = []
        private var nodes: [String: Node] = [:]

        /// Sets a value, making objects on the way; of two values for one place the later counts.
        func set(_ value: String, at path: ArraySlice<String>) {
            guard let name = path.first else { return }
            if nodes[name] == nil { names.append(name) }
            let rest = path.dropFirst()
            if rest.isEmpty {
                nodes[name] = .text(value)
            } else if case .branch(let branch) = nodes[name] {
                branch.set(value, at: rest)
            } else {
                let branch = Branch()
                branch.set(value, at: rest)
                nodes[name] = .branch(branch)
            }
        }

        func append(to writer: inout JSONWriter) {
            writer.beginObject()
            for name in names {
                writer.key(string: name)
                switch nodes[name] {
                case .text(let text): writer.value(text)
                case .branch(let branch): branch.append(to: &writer)
                case nil: writer.null()
                }
            }
            writer.endObject()
        }
    }
}
