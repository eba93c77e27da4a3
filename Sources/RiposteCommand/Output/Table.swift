import Riposte

/// Columns that line up.
enum Table {
    /// - Parameter rows: of equal length, the first is the heading. Cells hold what strangers wrote: a line end in one of them
    ///   does not end the row.
    static func text(_ rows: [[String]]) -> String {
        let rows = rows.map { $0.map(TerminalText.safe) }
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "  ").trimmingSuffix()
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String { String(reversed().drop { $0 == " " }.reversed()) }
}
