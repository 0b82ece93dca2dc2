extension LibraryRequest {
    /// Prints the head of an answer; returns how many headers were dropped.
    func printHead(of response: Response) -> Int {
        if let line = StatusLine.text(response.status) {
            self.print(line)
        } else {
            self.print("Status: \(response.status) \(StatusLine.classReason(response.status))\r\n")
        }
        var dropped = 0
        var hasLength = false
        for (name, value) in response.headers {
            guard HeaderRules.isUsable(name: name), HeaderRules.isUsable(value: value) else {
                dropped += 1
                continue
            }
            if HeaderRules.isEqual(name, "content-length") { hasLength = true }
            self.print(name)
            self.print(": " as StaticString)
            self.print(value)
            self.print("\r\n" as StaticString)
        }
        // RFC 9110, 8.6: not with 204; with 304 it would be the length of what is not sent.
        if !hasLength, response.status != 204, response.status != 304 {
            self.print("Content-Length: \(response.body.count)\r\n")
        }
        self.print("\r\n" as StaticString)
        return dropped
    }

    private func print(_ text: StaticString) {
        text.withUTF8Buffer { unsafe _ = self.write(UnsafeRawBufferPointer($0)) }
    }

    private func print(_ text: String) {
        var text = text
        text.withUTF8 { unsafe _ = self.write(UnsafeRawBufferPointer($0)) }
    }
}
