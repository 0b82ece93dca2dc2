import HydraEngine

/// A request of somebody who is signed in.
///
/// A value; any thread.
struct Visit: Sendable {
    let request: ScreenRequest
    let query: FormFields
    /// Of a POST; its token was checked.
    let form: FormFields
    let token: SessionToken
    let accounts: [Account]
    let api: AccountAPI
    let now: Instant

    var isPost: Bool { self.request.method == "POST" }
    var account: Account { self.api.account }
}
