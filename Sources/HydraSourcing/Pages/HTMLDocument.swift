private import CXML2

/// An element of a page that says something about it: copied out of the parser's tree.
///
/// A value; any thread.
struct HTMLElement: Sendable {
    /// Lower-case.
    let name: String
    /// By lower-case name.
    let attributes: [String: String]
    /// Of `title` and `script`.
    let text: String
}

/// A page in libxml2's HTML parser: recovers from anything, loads nothing, goes 256 levels deep and stops there.
///
/// Owns the tree. Used by one thread at a time.
@safe final class HTMLDocument {
    private static let isReady: Bool = {
        xmlInitParser()
        return true
    }()

    private let document: htmlDocPtr

    /// - Parameter text: UTF-8 without NUL; a tag's length is bounded by the caller (``TagLimit``).
    /// - Returns: nil for a page without any content.
    init?(_ text: ArraySlice<UInt8>) {
        guard Self.isReady, !text.isEmpty else { return nil }
        let options = [
            HTML_PARSE_RECOVER, HTML_PARSE_NOERROR, HTML_PARSE_NOWARNING, HTML_PARSE_NONET, HTML_PARSE_COMPACT,
            // What the page says of its encoding was read before.
            HTML_PARSE_IGNORE_ENC,
        ].reduce(0) { $0 | Int32(bitPattern: $1.rawValue) }
        let parsed = unsafe text.withUnsafeBytes { bytes in
            unsafe htmlReadMemory(
                bytes.bindMemory(to: CChar.self).baseAddress,
                Int32(clamping: bytes.count),
                nil,
                "UTF-8",
                options
            )
        }
        guard let document = unsafe parsed else { return nil }
        unsafe self.document = document
    }

    deinit {
        unsafe xmlFreeDoc(self.document)
    }

    /// The elements with one of these names in the page's order, so many at most.
    func elements(_ names: Set<String>) -> [HTMLElement] {
        var found: [HTMLElement] = []
        var next = unsafe xmlDocGetRootElement(self.document)
        // Without recursion: children, then siblings, then the parent's.
        while let node = unsafe next, found.count < SourcingLimits.elements {
            if unsafe node.pointee.type == XML_ELEMENT_NODE, let name = unsafe Self.text(node.pointee.name) {
                if names.contains(name) { found.append(unsafe Self.element(node, name)) }
            }
            if let child = unsafe node.pointee.children, unsafe node.pointee.type == XML_ELEMENT_NODE {
                unsafe next = child
                continue
            }
            var position = unsafe node
            while unsafe position.pointee.next == nil, let parent = unsafe position.pointee.parent {
                unsafe position = parent
            }
            unsafe next = position.pointee.next
        }
        return found
    }

    private static func element(_ node: xmlNodePtr, _ name: String) -> HTMLElement {
        var attributes: [String: String] = [:]
        var next = unsafe node.pointee.properties
        while let attribute = unsafe next {
            if let name = unsafe self.text(attribute.pointee.name), attributes[name] == nil {
                let value = unsafe xmlNodeListGetString(node.pointee.doc, attribute.pointee.children, 1)
                attributes[name] = unsafe self.taken(value, maximum: SourcingLimits.attributeBytes)
            }
            unsafe next = attribute.pointee.next
        }
        let isScript = name == "script"
        let text =
            isScript || name == "title"
            ? unsafe self.taken(
                xmlNodeGetContent(node),
                // A script that is cut is none.
                maximum: isScript ? SourcingLimits.scriptBytes + 1 : SourcingLimits.attributeBytes
            ) : ""
        return HTMLElement(name: name, attributes: attributes, text: text)
    }

    /// Lower-cased.
    private static func text(_ characters: UnsafePointer<xmlChar>?) -> String? {
        guard let characters = unsafe characters else { return nil }
        return unsafe String(cString: characters).lowercased()
    }

    /// Copies what libxml2 allocated, and frees it.
    private static func taken(_ characters: UnsafeMutablePointer<xmlChar>?, maximum: Int) -> String {
        guard let characters = unsafe characters else { return "" }
        defer { unsafe CXML2_free(characters) }
        let count = min(maximum, Int(unsafe xmlStrlen(characters)))
        return unsafe String(decoding: UnsafeBufferPointer(start: characters, count: count), as: UTF8.self)
    }
}
