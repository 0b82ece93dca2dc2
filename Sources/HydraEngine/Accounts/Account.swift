/// Whose records they are. Several API keys may open one account, so that a key can be replaced.
///
/// A value; any thread.
package struct Account: Sendable {
    /// Stands in every row; never shown.
    let id: Int64
    /// Given when its first key is made.
    package let name: String
    let salt: AccountSalt
}
