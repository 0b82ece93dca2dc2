/// A rule of somebody's own about titles: what certain words mean. It decides before the standard rules.
///
/// A value; any thread.
package struct RoleRule: Sendable, Equatable {
    /// One or several words, found as whole words without case and diacritics.
    package let words: String
    package let function: JobFunction?
    package let seniority: Seniority?

    package init(words: String, function: JobFunction?, seniority: Seniority?) {
        self.words = words
        self.function = function
        self.seniority = seniority
    }
}
