/// Recent use turned round: the users of each feature.
///
/// At most ``maximumFeatures`` features, those with the most users: a sender that makes up names cannot make the miner
/// run for ever. A value; the miner's.
struct UseByFeature: Sendable {
    static let maximumFeatures = 200

    struct User: Sendable {
        let subject: PatternSubject
        let use: PersonUse.RecentUse
    }

    /// The features that are looked at, the most used first.
    let features: [Int64]
    private let usersByFeature: [Int64: [User]]

    init(_ persons: [PersonUse], as subject: (Int64) -> PatternSubject) {
        var users: [Int64: [User]] = [:]
        for person in persons {
            for use in person.recent where use.longUses > 0 {
                users[use.feature, default: []].append(User(subject: subject(person.person), use: use))
            }
        }
        self.features = Array(
            users.keys.sorted { left, right in
                let (leftCount, rightCount) = (users[left]?.count ?? 0, users[right]?.count ?? 0)
                return leftCount != rightCount ? leftCount > rightCount : left < right
            }.prefix(Self.maximumFeatures)
        )
        self.usersByFeature = users
    }

    func users(of feature: Int64) -> [User] { self.usersByFeature[feature] ?? [] }
}
