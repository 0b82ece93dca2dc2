/// What the committer remembers from one transaction to the next.
///
/// A value; the committer thread's. After a rollback it is emptied.
struct ApplyCache: Sendable {
    var identities = IdentityCache()
    var features = FeatureCatalogue()

    mutating func removeAll() {
        self.identities.removeAll()
        self.features.removeAll()
    }
}
