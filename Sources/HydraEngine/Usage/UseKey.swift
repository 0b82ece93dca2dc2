/// Names one count: what somebody did with one feature on one day.
///
/// A value; the committer thread's and the background's.
struct UseKey: Hashable, Sendable {
    let usageSet: Int64
    let identity: Int64
    let day: Int64
    let feature: Int64
}
