private import CCares
private import Glibc

/// Reads answers with c-ares's parsers, which follow the aliases (CNAME) inside an answer.
///
/// Stateless; any thread. What c-ares allocates is freed before a function returns.
enum DNSReply {
    /// An answer over TCP has 65,535 bytes; a record of an address at least 16.
    private static let maximumAddresses = 4_096

    static func mailServers(_ bytes: [UInt8]) throws(DNSError) -> [MailServer] {
        var first: UnsafeMutablePointer<ares_mx_reply>?
        let status = unsafe ares_parse_mx_reply(bytes, Int32(bytes.count), &first)
        defer { unsafe ares_free_data(first) }
        try self.check(status)
        var servers: [MailServer] = []
        var next = unsafe first
        while let record = unsafe next {
            if let host = unsafe record.pointee.host {
                var name = unsafe String(cString: host).lowercased()
                if name.hasSuffix(".") { name.removeLast() }
                servers.append(MailServer(host: name, preference: unsafe record.pointee.priority))
            }
            unsafe next = record.pointee.next
        }
        servers.sort { ($0.preference, $0.host) < ($1.preference, $1.host) }
        return Array(servers.prefix(SourcingLimits.records))
    }

    /// The texts of the records, the parts of each joined; bytes that are not UTF-8 repaired.
    static func texts(_ bytes: [UInt8]) throws(DNSError) -> [String] {
        var first: UnsafeMutablePointer<ares_txt_ext>?
        let status = unsafe ares_parse_txt_reply_ext(bytes, Int32(bytes.count), &first)
        defer { unsafe ares_free_data(first) }
        try self.check(status)
        var texts: [[UInt8]] = []
        var next = unsafe first
        while let part = unsafe next {
            let isFirst = unsafe part.pointee.record_start != 0
            if isFirst || texts.isEmpty {
                guard texts.count < SourcingLimits.records else { break }
                texts.append([])
            }
            if let text = unsafe part.pointee.txt {
                let room = SourcingLimits.textBytes - texts[texts.count - 1].count
                let count = unsafe min(room, Int(part.pointee.length))
                unsafe texts[texts.count - 1].append(contentsOf: UnsafeBufferPointer(start: text, count: count))
            }
            unsafe next = part.pointee.next
        }
        return texts.map { String(decoding: $0, as: UTF8.self) }
    }

    /// All IPv4 addresses of an answer, whichever name in it they belong to.
    static func addresses4(_ bytes: [UInt8]) throws(DNSError) -> [IPAddress] {
        var found = [ares_addrttl](repeating: ares_addrttl(), count: self.maximumAddresses)
        var count = Int32(found.count)
        let status = unsafe ares_parse_a_reply(bytes, Int32(bytes.count), nil, &found, &count)
        try self.check(status)
        return found.prefix(Int(count)).map { .v4(UInt32(bigEndian: $0.ipaddr.s_addr)) }
    }

    /// All IPv6 addresses of an answer.
    static func addresses6(_ bytes: [UInt8]) throws(DNSError) -> [IPAddress] {
        var found = [ares_addr6ttl](repeating: ares_addr6ttl(), count: self.maximumAddresses)
        var count = Int32(found.count)
        let status = unsafe ares_parse_aaaa_reply(bytes, Int32(bytes.count), nil, &found, &count)
        try self.check(status)
        return found.prefix(Int(count)).compactMap { entry in
            unsafe withUnsafeBytes(of: entry.ip6addr) { unsafe IPAddress(bytes: Array($0)[...]) }
        }
    }

    private static func check(_ status: Int32) throws(DNSError) {
        switch status {
        case ARES_SUCCESS: return
        case ARES_ENODATA: throw .noData
        case ARES_ENOMEM: throw .unavailable
        default: throw .malformed
        }
    }
}
