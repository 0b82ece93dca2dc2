package import HydraEngine

/// How the pages run.
package struct ScreensOptions: Sendable {
    /// Where sources send to, as an address without a path; nil: the host that the visitor asked for.
    package var gateway: String?
    /// The write key of a source of the gateway, to be shown in the snippets; nil: a placeholder.
    package var writeKey: String?
    /// What a new password costs; a low one for tests.
    package var passwordCost = PasswordHash.Cost()
    /// What "now" is; another one for tests.
    package var clock: @Sendable () -> Instant = { Instant.now() }

    package init() {}
}
