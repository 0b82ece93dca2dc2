/// The options of a select field.
enum Choices {
    /// - Parameter chosen: added at the end if it is none of the options, so that it is not lost.
    static func fields(_ options: [(value: String, text: String)], chosen: String?) -> [Fields] {
        var options = options
        if let chosen, !chosen.isEmpty, !options.contains(where: { $0.value == chosen }) {
            options.append((chosen, chosen))
        }
        return options.map { ["value": $0.value, "text": $0.text, "isChosen": $0.value == (chosen ?? "")] }
    }
}
