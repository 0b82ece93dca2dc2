import GRDB
import GRDBSQLite

/// Statements without GRDB's value conversions.
///
/// A call is eight columns, one of them large: binding the caller's bytes where they lie and stepping directly takes a
/// third of the time of `StatementArguments` and `Row`. Everything here is used inside GRDB's database access closures,
/// on the connection's queue. This file and ``WALGauge`` are the only ones that call SQLite itself.
extension Statement {
    func bind(_ value: Int64, at index: Int32) {
        unsafe sqlite3_bind_int64(self.sqliteStatement, index, value)
    }

    func bind(_ value: Int, at index: Int32) {
        self.bind(Int64(value), at: index)
    }

    func bind(_ value: Int64?, at index: Int32) {
        if let value {
            self.bind(value, at: index)
        } else {
            unsafe sqlite3_bind_null(self.sqliteStatement, index)
        }
    }

    /// SQLite copies the text.
    func bind(_ value: String, at index: Int32) {
        // Through the C string, so that an empty text has an address: without one SQLite would take it for NULL. The
        // length is given, so that a NUL inside a text does not cut it.
        let count = Int32(clamping: value.utf8.count)
        _ = unsafe value.withCString { unsafe sqlite3_bind_text(self.sqliteStatement, index, $0, count, transient) }
    }

    func bind(_ value: String?, at index: Int32) {
        if let value {
            self.bind(value, at: index)
        } else {
            unsafe sqlite3_bind_null(self.sqliteStatement, index)
        }
    }

    /// Binds the bytes where they lie and runs the statement; it must not return rows.
    func run(binding bytes: some Collection<UInt8>, at index: Int32) throws {
        let done: Void? = try bytes.withContiguousStorageIfAvailable { buffer in
            try unsafe self.run(binding: UnsafeRawBufferPointer(buffer), at: index)
        }
        if done == nil { try self.run(binding: Array(bytes), at: index) }
    }

    func run(binding bytes: UnsafeRawBufferPointer, at index: Int32) throws {
        if let address = bytes.baseAddress, bytes.count > 0 {
            unsafe sqlite3_bind_blob64(self.sqliteStatement, index, address, UInt64(bytes.count), nil)
        } else {
            unsafe sqlite3_bind_zeroblob(self.sqliteStatement, index, 0)
        }
        defer { unsafe sqlite3_bind_null(self.sqliteStatement, index) }
        try self.run()
    }

    /// Runs a statement that returns no rows.
    func run() throws {
        defer { self.rewind() }
        while try self.step() {}
    }

    /// Runs a statement that changes rows and returns how many it changed.
    func runCounting() throws -> Int {
        try self.run()
        return unsafe Int(sqlite3_changes(sqlite3_db_handle(self.sqliteStatement)))
    }

    /// To the next row: true if there is one. After the last row, or an error, the statement must be ``rewind()``ed
    /// before it is used again.
    func step() throws -> Bool {
        switch unsafe sqlite3_step(self.sqliteStatement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let connection = unsafe sqlite3_db_handle(self.sqliteStatement)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: unsafe sqlite3_extended_errcode(connection)),
                message: unsafe String(cString: sqlite3_errmsg(connection)),
                sql: self.sql
            )
        }
    }

    func rewind() {
        unsafe sqlite3_reset(self.sqliteStatement)
    }

    func int64(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(self.sqliteStatement, column)
    }

    func int(_ column: Int32) -> Int {
        Int(self.int64(column))
    }

    func int64OrNil(_ column: Int32) -> Int64? {
        unsafe sqlite3_column_type(self.sqliteStatement, column) == SQLITE_NULL ? nil : self.int64(column)
    }

    func text(_ column: Int32) -> String {
        guard let characters = unsafe sqlite3_column_text(self.sqliteStatement, column) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(self.sqliteStatement, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: characters, count: count), as: UTF8.self)
    }

    func textOrNil(_ column: Int32) -> String? {
        unsafe sqlite3_column_type(self.sqliteStatement, column) == SQLITE_NULL ? nil : self.text(column)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        unsafe self.withBytes(column) { unsafe Array($0) }
    }

    /// Lends the bytes of a column until the next step.
    func withBytes<Value>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        let address = unsafe sqlite3_column_blob(self.sqliteStatement, column)
        let count = unsafe Int(sqlite3_column_bytes(self.sqliteStatement, column))
        return try unsafe body(UnsafeRawBufferPointer(start: address, count: address == nil ? 0 : count))
    }

    /// Runs a query and gives each row to `row`, which reads this statement's columns.
    func forEachRow(_ row: () throws -> Void) throws {
        defer { self.rewind() }
        while try self.step() { try row() }
    }

    /// Runs a query of at most one row.
    func firstRow<Value>(_ row: () throws -> Value) throws -> Value? {
        defer { self.rewind() }
        return try self.step() ? try row() : nil
    }
}

/// `SQLITE_TRANSIENT`, a macro that Swift does not import: SQLite makes a copy.
private var transient: sqlite3_destructor_type {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
