/// A packed run of remembered message ids, as the table `seenRun` describes it.
///
/// A plain value; used on the committer thread.
struct SeenRun: Sendable, Equatable {
    /// Rising without gaps.
    let id: Int64

    /// When its first key was committed, in milliseconds since 1970 UTC.
    let firstAt: Int64

    /// When its last key was committed, in milliseconds since 1970 UTC.
    let lastAt: Int64

    /// How many keys it holds.
    let keys: Int

    /// Into how many buckets they are divided: a power of two, at most 65,536.
    let buckets: Int

    /// The rows of `seenBucket` that belong to it.
    var rows: ClosedRange<Int64> { (self.id << 16)...(self.id << 16 | 0xFFFF) }

    /// The row that a key would be in.
    func row(of key: DedupeKey) -> Int64 {
        self.id << 16 | Int64(Self.bucket(of: key, among: self.buckets))
    }

    /// The bucket that a key belongs to: picked by its high bits, which the filter does not use for its blocks.
    static func bucket(of key: DedupeKey, among buckets: Int) -> Int {
        Int(key.mixed >> 48) & (buckets - 1)
    }

    /// How many buckets a run of some keys is divided into: about 32 keys each, so that a bucket is read in one page
    /// and several share one.
    static func buckets(forKeys keys: Int) -> Int {
        var buckets = 1
        while buckets < 65_536, buckets * 32 < keys { buckets *= 2 }
        return buckets
    }
}
