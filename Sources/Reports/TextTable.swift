/// Columns of text, aligned with blanks.
public struct TextTable: Sendable {
    /// Names of the columns.
    public var header: [String]
    /// As many cells each as there are columns.
    public var rows: [[String]]
    /// Widest that a column becomes, in characters; longer cells are clipped with `…`.
    public var cellWidthMax: Int

    /// - Parameter cellWidthMax: characters after which a cell is cut.
    public init(header: [String], rows: [[String]] = [], cellWidthMax: Int = 40) {
        precondition(cellWidthMax > 0, "a column needs room for a character")
        self.header = header
        self.rows = rows
        self.cellWidthMax = cellWidthMax
    }

    /// Header, rule and rows, a line each, without a line break at the end and without blanks at any line's end.
    public func text(indent: Int = 0) -> String {
        let cells = ([header] + rows).map { row in row.map { clipped(Self.printable($0)) } }
        let count = cells.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            cells.map { column < $0.count ? Self.width($0[column]) : 0 }.max() ?? 0
        }
        var lines = cells.map { line($0, widths) }
        lines.insert(widths.map { String(repeating: "─", count: max(1, $0)) }.joined(separator: "  "), at: 1)
        let margin = String(repeating: " ", count: indent)
        return lines.map { margin + $0 }.joined(separator: "\n")
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var out = ""
        for (cell, width) in zip(cells, widths) {
            out += cell + String(repeating: " ", count: width - Self.width(cell) + 2)
        }
        while out.hasSuffix(" ") { out.removeLast() }
        return out
    }

    private func clipped(_ cell: String) -> String {
        Self.width(cell) <= cellWidthMax ? cell : cell.prefix(cellWidthMax - 1) + "…"
    }

    private static func width(_ text: String) -> Int { text.count }

    /// The text with control characters replaced, so that data can neither break a line nor steer the terminal.
    public static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": out.append("⏎")
            case "\t": out.append("→")
            case _ where isControl(scalar): out.append("␦")
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // Format characters can turn the direction of what follows.
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
