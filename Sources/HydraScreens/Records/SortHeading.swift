/// The heading of a column that a list can be sorted by.
enum SortHeading {
    /// - Parameters:
    ///   - sort: how the list is sorted.
    ///   - ascending, descending: what the API calls the two orders.
    ///   - isDescendingFirst: which order a first click gives.
    static func fields(
        _ text: String,
        sort: String,
        ascending: String,
        descending: String,
        isDescendingFirst: Bool,
        address: (String) -> String
    ) -> Fields {
        let first = isDescendingFirst ? descending : ascending
        let second = isDescendingFirst ? ascending : descending
        return Fields(known: [
            "text": text,
            "address": address(sort == first ? second : first),
            "aria": sort == ascending ? "ascending" : sort == descending ? "descending" : nil,
            "arrow": sort == ascending ? "▲" : sort == descending ? "▼" : nil,
        ])
    }
}
