/// Columns of text, as wide as their widest cell within bounds, and safe for a terminal whatever stands in the cells.
package enum TextTable {
    /// The most columns of a cell; longer ones are cut. An id of analytics.js has 59.
    static let cellColumns = 64
    /// The same of the last cell of a row, which is often a sentence.
    static let lastCellColumns = 200

    /// One line for the head and one for each row; `(none)` where there is no row.
    package static func lines(_ head: [String], _ rows: [[String]]) -> [String] {
        let cells = ([head] + (rows.isEmpty ? [["(none)"]] : rows)).map { row in
            row.enumerated().map { index, cell in
                TerminalText.line(cell, columns: index == head.count - 1 ? self.lastCellColumns : self.cellColumns)
            }
        }
        var widths = head.map { _ in 0 }
        for row in cells {
            for (index, cell) in row.enumerated() where widths.indices.contains(index) {
                widths[index] = max(widths[index], TerminalText.width(cell))
            }
        }
        return cells.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: max(0, width - TerminalText.width(cell)) + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
