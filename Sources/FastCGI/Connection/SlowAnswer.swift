/// A long answer, or one to a peer that has not taken the previous ones: written by the keeper as the peer reads.
struct SlowAnswer: Sendable {
    /// libfcgi writes its buffer out in records of up to 8 KiB; a socket that says it is writable has room for several.
    static let pieceBytes = 8 << 10
    /// Pieces written each time that the socket is writable.
    static let piecesAtOnce = 4

    let response: Response
    var offset = 0
    /// When the peer must have taken the next byte. CLOCK_MONOTONIC, ns.
    var deadline: UInt64
}
