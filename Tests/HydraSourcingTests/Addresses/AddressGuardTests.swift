import HydraSourcing
import Testing

/// Only global unicast is reached. The edges of the ranges are those of IANA's special-purpose registries.
@Suite struct AddressGuardTests {
    @Test(arguments: [
        // The address before a range, the first and the last in it, the one behind it.
        ("0.0.0.0", false), ("0.255.255.255", false), ("1.0.0.0", true),
        ("9.255.255.255", true), ("10.0.0.0", false), ("10.255.255.255", false), ("11.0.0.0", true),
        ("100.63.255.255", true), ("100.64.0.0", false), ("100.100.100.200", false), ("100.127.255.255", false),
        ("100.128.0.0", true),
        ("126.255.255.255", true), ("127.0.0.0", false), ("127.0.0.1", false), ("127.255.255.255", false),
        ("128.0.0.0", true),
        ("168.63.129.15", true), ("168.63.129.16", false), ("168.63.129.17", true),
        ("169.253.255.255", true), ("169.254.0.0", false), ("169.254.169.254", false), ("169.254.255.255", false),
        ("169.255.0.0", true),
        ("172.15.255.255", true), ("172.16.0.0", false), ("172.31.255.255", false), ("172.32.0.0", true),
        ("191.255.255.255", true), ("192.0.0.0", false), ("192.0.0.192", false), ("192.0.0.255", false),
        ("192.0.1.0", true), ("192.0.1.255", true), ("192.0.2.0", false), ("192.0.2.255", false), ("192.0.3.0", true),
        ("192.88.98.255", true), ("192.88.99.0", false), ("192.88.99.255", false), ("192.88.100.0", true),
        ("192.167.255.255", true), ("192.168.0.0", false), ("192.168.255.255", false), ("192.169.0.0", true),
        ("198.17.255.255", true), ("198.18.0.0", false), ("198.19.255.255", false), ("198.20.0.0", true),
        ("198.51.99.255", true), ("198.51.100.0", false), ("198.51.100.255", false), ("198.51.101.0", true),
        ("203.0.112.255", true), ("203.0.113.0", false), ("203.0.113.255", false), ("203.0.114.0", true),
        ("223.255.255.255", true), ("224.0.0.0", false), ("239.255.255.255", false), ("240.0.0.0", false),
        ("255.255.255.254", false), ("255.255.255.255", false),
        ("93.184.215.14", true),
        ("::", false), ("::1", false), ("::2", false), ("::127.0.0.1", false), ("::ffff:ffff", false),
        ("::1:0:0", false), ("::ffff:127.0.0.1", false), ("::ffff:93.184.215.14", false),
        ("64:ff9b::93.184.215.14", true), ("64:ff9b::10.0.0.1", false), ("64:ff9b::169.254.169.254", false),
        ("64:ff9b:0:0:0:1::", false), ("64:ff9b:1::", false), ("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", false),
        ("100::", false), ("100::ffff:ffff:ffff:ffff", false), ("100:0:0:1::", false),
        ("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("2000::", true),
        ("2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("2001::", false), ("2001:0:7f00:1::", false),
        ("2001:2::", false), ("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("2001:200::", true),
        ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", true), ("2001:db8::", false),
        ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false), ("2001:db9::", true),
        ("2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("2002::", false), ("2002:7f00:1::", false),
        ("2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("2003::", true),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true),
        ("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("3fff::", false),
        ("3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("3fff:1000::", true),
        ("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("4000::", false), ("5f00::", false),
        ("fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("fc00::", false), ("fd00:ec2::254", false),
        ("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("fe00::", false), ("fe80::", false), ("fe80::1", false),
        ("febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("fec0::", false),
        ("feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("ff00::", false), ("ff02::1", false),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false),
    ])
    func onlyGlobalUnicastIsReached(text: String, isAllowed: Bool) throws {
        let address = try #require(IPAddress(text))
        let refusal = AddressGuard().refusal(of: address)
        #expect((refusal == nil) == isAllowed, "\(text) \(refusal ?? "is reached")")
    }

    @Test func anAllowanceIsForOneAddress() throws {
        let one = try #require(IPAddress("127.0.0.2"))
        let guarded = AddressGuard(allowing: [one])
        #expect(guarded.refusal(of: one) == nil)
        let other = try #require(IPAddress("127.0.0.1"))
        #expect(guarded.refusal(of: other) == "is loopback")
        let mapped = try #require(IPAddress("::ffff:127.0.0.2"))
        #expect(guarded.refusal(of: mapped) == "is IPv4-mapped")
    }

    @Test(arguments: [
        "", "1", "127.1", "0x7f.0.0.1", "127.0.0.1 ", "127.0.0.01", "::1%lo", "[::1]", "1:2", "a.example",
    ])
    func whatIsNoAddressIsNotRead(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: ["1.2.3.4", "255.255.255.255", "::1", "2001:db8::ff00:42:8329", "fe80::1"])
    func anAddressIsWrittenAsItIsRead(text: String) throws {
        #expect(try #require(IPAddress(text)).description == text)
    }
}
