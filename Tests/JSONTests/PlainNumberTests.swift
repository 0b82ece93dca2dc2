import JSON
import Testing

struct PlainNumberTests {
    @Test(
        "Numbers are written plainly and exactly",
        arguments: [
            ("0", "0"), ("-0", "0"), ("0.0", "0"), ("-0.0e5", "0"), ("7", "7"), ("-7", "-7"), ("1.0", "1"),
            ("10", "10"),
            ("1.50", "1.5"), ("0.5", "0.5"), ("-0.25", "-0.25"), ("1e3", "1000"), ("1E+3", "1000"), ("1e-3", "0.001"),
            ("123.456e2", "12345.6"), ("123.456e3", "123456"), ("123456e-3", "123.456"), ("0.001e3", "1"),
            ("100e-2", "1"),
            ("9007199254740993", "9007199254740993"), ("1180591620717411303424", "1180591620717411303424"),
            ("1.180591620717411303424e21", "1180591620717411303424"), ("12e0", "12"), ("0e64", "0"),
            ("1e64", "1" + String(repeating: "0", count: 64)),
        ]
    )
    func plainNumbers(number: String, expected: String) {
        #expect(PlainNumber.text(number) == expected)
    }

    @Test(
        "Absurd exponents have no plain form",
        arguments: [
            "1e400", "1e65", "1e-65", "1e99999999999999999999", "0e400", "1e-9223372036854775808",
            "1e9223372036854775807",
        ]
    )
    func absurdNumbers(number: String) {
        #expect(PlainNumber.text(number) == nil)
    }
}
