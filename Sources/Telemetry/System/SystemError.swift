import Glibc

/// The system's own words for an error number.
enum SystemError {
    /// For example `No space left on device (28)`. Any thread.
    static func describe(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let text: String? = unsafe buffer.withUnsafeMutableBufferPointer { pointer in
            // The POSIX form: it fills the buffer and returns 0.
            guard let start = pointer.baseAddress, unsafe strerror_r(code, start, pointer.count) == 0 else {
                return nil
            }
            return unsafe String(cString: start)
        }
        return text.map { "\($0) (\(code))" } ?? "error \(code)"
    }
}
