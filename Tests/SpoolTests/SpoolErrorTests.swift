import GRDB
import Glibc
import Testing

@testable import Spool

struct SpoolErrorTests {
    @Test
    func equalityLooksAtTheCodeAlone() {
        let first = SpoolError(code: .full, message: "a", retryAfterSeconds: 1)
        let second = SpoolError(code: .full, message: "b", retryAfterSeconds: 2)
        #expect(first == second)
        #expect(first != SpoolError(code: .busy, message: "a", retryAfterSeconds: 1))
    }

    @Test(arguments: [
        (ENOSPC, SpoolError.Code.full), (EDQUOT, .full), (EROFS, .readOnly), (EACCES, .readOnly), (ENOENT, .missing),
        (EMFILE, .ioError), (EIO, .ioError),
    ])
    func aSystemErrorSaysWhatHappenedWhereAndWhatToDo(code: Int32, expected: SpoolError.Code) {
        let error = SpoolError(errno: code, "The lock file /var/spool/x could not be opened")
        #expect(error.code == expected)
        #expect(error.message.contains("/var/spool/x"))
        #expect(error.message.contains(unsafe String(cString: strerror(code))))
        #expect(error.message.split(separator: ". ").count >= 2)
        #expect((1...300).contains(error.retryAfterSeconds))
    }

    @Test(arguments: [
        (ResultCode.SQLITE_FULL, SpoolError.Code.full), (.SQLITE_READONLY, .readOnly), (.SQLITE_CANTOPEN, .missing),
        (.SQLITE_CORRUPT, .corrupt), (.SQLITE_NOTADB, .corrupt), (.SQLITE_BUSY, .busy), (.SQLITE_IOERR, .ioError),
        (.SQLITE_TOOBIG, .tooLarge), (.SQLITE_NOMEM, .ioError),
    ])
    func anErrorOfSQLiteNamesTheFile(code: ResultCode, expected: SpoolError.Code) {
        let error = SpoolError(DatabaseError(resultCode: code), at: "/var/spool/x/spool.sqlite")
        #expect(error.code == expected)
        #expect(error.message.contains("/var/spool/x/spool.sqlite"))
        #expect((1...300).contains(error.retryAfterSeconds))
        #expect("\(error)".hasPrefix(expected.rawValue))
    }
}
