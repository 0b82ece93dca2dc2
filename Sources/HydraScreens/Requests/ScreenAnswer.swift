/// What is answered to a ``ScreenRequest``.
///
/// A value; any thread.
package struct ScreenAnswer: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    /// Scripts, styles and pictures come from here alone, and nothing stands inside a page: what somebody manages to put
    /// into one does not run. Pictures may be data, as Bootstrap's arrows are.
    static let contentPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
        connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'
        """

    /// A page. Not to be kept by anybody: it shows persons, and tokens.
    ///
    /// The referrer stays within the site; with `no-referrer` browsers would send forms with `Origin: null`.
    static func page(_ status: Int, _ text: String) -> ScreenAnswer {
        ScreenAnswer(
            status: status,
            headers: [
                ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
                ("Content-Security-Policy", self.contentPolicy), ("Referrer-Policy", "same-origin"),
                ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
                ("Cross-Origin-Opener-Policy", "same-origin"),
            ],
            body: Array(text.utf8)
        )
    }

    /// - Parameter path: of this site, percent-encoded.
    static func redirect(_ path: String) -> ScreenAnswer {
        ScreenAnswer(
            status: 303,
            headers: [("Location", path), ("Cache-Control", "no-store"), ("Referrer-Policy", "same-origin")],
            body: []
        )
    }

    static func json(_ body: [UInt8], status: Int = 200) -> ScreenAnswer {
        ScreenAnswer(
            status: status,
            headers: [
                ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
            body: body
        )
    }

    func with(_ name: String, _ value: String) -> ScreenAnswer {
        var answer = self
        answer.headers.append((name, value))
        return answer
    }
}
