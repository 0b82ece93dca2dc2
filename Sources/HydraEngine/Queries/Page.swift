import JSON

/// Collects the items of one page and closes it: `{"items":[…],"nextCursor":"…"}`.
///
/// A value; made where the page is read.
struct Page {
    /// Events may have a mebibyte each: a page of 200 ends early rather than grow to 200 MiB.
    static let maximumBytes = 4 << 20

    var writer = JSONWriter(reserving: 4096)
    private let limit: Int
    private var count = 0
    private var last: Cursor?

    init(limit: Int) {
        self.limit = limit
        self.writer.beginObject()
        self.writer.key("items")
        self.writer.beginArray()
    }

    /// Whether another item has room; an item that exists beyond means that there is a next page.
    var isFull: Bool { self.count >= self.limit || (self.count > 0 && self.writer.bytes.count >= Self.maximumBytes) }

    /// To be called after an item was written.
    mutating func wrote(_ cursor: Cursor) {
        self.count += 1
        self.last = cursor
    }

    /// - Parameter hasMore: whether an item was left out.
    mutating func finish(hasMore: Bool, scope: String, salt: AccountSalt) -> [UInt8] {
        self.writer.endArray()
        self.writer.key("nextCursor")
        if hasMore, let last = self.last {
            self.writer.value(last.text(scope: scope, salt: salt))
        } else {
            self.writer.null()
        }
        self.writer.endObject()
        return self.writer.bytes
    }
}
