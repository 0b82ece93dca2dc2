extension LibraryRequest {
    /// Put together before it goes to libfcgi: most heads are shorter, and each call into libfcgi costs more than the
    /// few bytes that it takes.
    private static let headBytes = 1 << 10

    /// Prints the head of an answer; returns how many headers were dropped.
    func printHead(of response: Response) -> Int {
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.headBytes, alignment: 1) { room in
            var filled = 0
            if let line = StatusLine.text(response.status) {
                unsafe self.print(line, room, &filled)
            } else {
                unsafe self.print(
                    "Status: \(response.status) \(StatusLine.classReason(response.status))\r\n",
                    room,
                    &filled
                )
            }
            var dropped = 0
            var hasLength = false
            for (name, value) in response.headers {
                guard HeaderRules.isUsable(name: name), HeaderRules.isUsable(value: value) else {
                    dropped += 1
                    continue
                }
                if HeaderRules.isEqual(name, "content-length") { hasLength = true }
                unsafe self.print(name, room, &filled)
                unsafe self.print(": " as StaticString, room, &filled)
                unsafe self.print(value, room, &filled)
                unsafe self.print("\r\n" as StaticString, room, &filled)
            }
            // RFC 9110, 8.6: not with 204; with 304 it would be the length of what is not sent.
            if !hasLength, response.status != 204, response.status != 304 {
                unsafe self.print("Content-Length: " as StaticString, room, &filled)
                unsafe self.print(response.body.count, room, &filled)
                unsafe self.print("\r\n" as StaticString, room, &filled)
            }
            unsafe self.print("\r\n" as StaticString, room, &filled)
            unsafe self.write(UnsafeRawBufferPointer(rebasing: room[..<filled]))
            return dropped
        }
    }

    private func print(_ text: StaticString, _ room: UnsafeMutableRawBufferPointer, _ filled: inout Int) {
        text.withUTF8Buffer { unsafe self.print(UnsafeRawBufferPointer($0), room, &filled) }
    }

    private func print(_ text: String, _ room: UnsafeMutableRawBufferPointer, _ filled: inout Int) {
        var text = text
        text.withUTF8 { unsafe self.print(UnsafeRawBufferPointer($0), room, &filled) }
    }

    /// Decimal digits; `number` is not negative.
    private func print(_ number: Int, _ room: UnsafeMutableRawBufferPointer, _ filled: inout Int) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var first = 20
            var rest = number.magnitude
            repeat {
                first &-= 1
                unsafe digits[first] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            unsafe self.print(UnsafeRawBufferPointer(rebasing: digits[first...]), room, &filled)
        }
    }

    /// Appends to `room`, of which `filled` bytes are taken; what does not fit goes to libfcgi, in order.
    private func print(
        _ bytes: UnsafeRawBufferPointer,
        _ room: UnsafeMutableRawBufferPointer,
        _ filled: inout Int
    ) {
        if bytes.count > room.count &- filled {
            unsafe self.write(UnsafeRawBufferPointer(rebasing: room[..<filled]))
            filled = 0
            guard bytes.count <= room.count else {
                unsafe self.write(bytes)
                return
            }
        }
        guard let base = room.baseAddress, let source = bytes.baseAddress else { return }
        unsafe (base + filled).copyMemory(from: source, byteCount: bytes.count)
        filled &+= bytes.count
    }
}
