import Glibc

/// Small text files, read without Foundation. Blocks on the disk.
enum TextFile {
    /// Why a file could not be read.
    enum Failure: Error, Equatable {
        case system(Int32)
        case tooLarge(Int)
        case notText
        case notRegular

        /// For a mistake's line: `cannot be read: No such file or directory`.
        var message: String {
            switch self {
            case .system(let code): "cannot be read: \(TextFile.describe(code))"
            case .tooLarge(let limit): "is larger than \(limit) bytes"
            case .notText: "is not UTF-8 text"
            case .notRegular: "is not a file"
            }
        }
    }

    /// The text and the file's permission bits.
    static func readWithMode(_ path: String, limit: Int) throws(Failure) -> (text: String, mode: UInt32) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw .tooLarge(limit) }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        return (text, status.st_mode & 0o7777)
    }

    /// Whether a directory is there.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What an error number means.
    static func describe(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let text: String? = unsafe buffer.withUnsafeMutableBufferPointer { pointer in
            guard let start = pointer.baseAddress, unsafe strerror_r(code, start, pointer.count) == 0 else {
                return nil
            }
            return unsafe String(cString: start)
        }
        return text ?? "error \(code)"
    }
}
