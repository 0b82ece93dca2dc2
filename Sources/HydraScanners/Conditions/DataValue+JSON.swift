package import HydraDataPoints
package import JSON

extension DataValue {
    /// As text for a person: whole numbers without a point.
    package var text: String {
        switch self {
        case .text(let text): text
        case .number(let number):
            number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
        case .bool(let bool): bool ? "true" : "false"
        case .list(let elements): elements.joined(separator: ", ")
        }
    }

    package func write(into writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.value(text)
        case .number(let number):
            if number == number.rounded(), abs(number) < 1e15 {
                writer.value(Int64(number))
            } else {
                writer.value(number)
            }
        case .bool(let bool): writer.value(bool)
        case .list(let elements):
            writer.beginArray()
            for element in elements { writer.value(element) }
            writer.endArray()
        }
    }
}
