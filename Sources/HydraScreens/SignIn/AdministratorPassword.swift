package import HydraEngine

/// The one password of the pages. Any thread; hashing takes its time.
package struct AdministratorPassword: Sendable {
    /// Why a password is not taken.
    package enum Problem: Error, Equatable, CustomStringConvertible {
        case length

        package var description: String {
            let range = ScreenLimits.passwordCharacters
            return "a password has \(range.lowerBound) to \(range.upperBound) characters"
        }
    }

    private let store: ScreenStore
    private let cost: PasswordHash.Cost

    /// - Parameter cost: of new passwords; a low one for tests.
    package init(store: ScreenStore, cost: PasswordHash.Cost = PasswordHash.Cost()) {
        self.store = store
        self.cost = cost
    }

    /// Whether there is one: without it nobody can sign in.
    package var isSet: Bool { get throws { try self.store.password() != nil } }

    /// Sets the password, and ends all sessions.
    ///
    /// - Parameter replacing: whether one that is there gives way.
    /// - Returns: false if there was one and it stays.
    @discardableResult
    package func set(_ password: String, replacing: Bool) throws -> Bool {
        guard ScreenLimits.passwordCharacters.contains(password.unicodeScalars.count) else { throw Problem.length }
        if !replacing, try self.isSet { return false }
        let hash = try PasswordHash(of: password, cost: self.cost)
        return try self.store.setPassword(hash.text, replacing: replacing, now: .now())
    }

    /// - Returns: false also while there is none.
    package func matches(_ password: String) throws -> Bool {
        guard password.unicodeScalars.count <= ScreenLimits.passwordCharacters.upperBound,
            let hash = try self.store.password().flatMap({ PasswordHash(text: $0) })
        else { return false }
        return try hash.matches(password)
    }
}
