import Testing

@testable import Hydra

struct HeaderTextTests {
    @Test(arguments: [
        ("", ""),
        ("ajs-next-1767323045678-7f6c1a52", "ajs-next-1767323045678-7f6c1a52"),
        ("!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~", "!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"),
        ("a b", "a%20b"),
        ("a%20b", "a%2520b"),
        ("a\r\nX-Evil: 1", "a%0D%0AX-Evil:%201"),
        ("\u{0}\u{7F}", "%00%7F"),
        ("é😀", "%C3%A9%F0%9F%98%80"),
    ])
    func isVisibleASCII(text: String, header: String) {
        #expect(HeaderText.encode(text) == header)
    }
}
