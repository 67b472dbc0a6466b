/// The columns of a CSV file and where their values go in a batch.
struct CSVColumns: Sendable {
    /// The issue columns that a rejects file carries in front of the source's own.
    static let issueColumns = ["_row", "_line", "_field", "_code", "_message"]
    /// Most columns of a header.
    static let countMax = 20_000

    /// The source's own columns.
    let names: [String]
    /// Whether the header begins with the issue columns.
    let hasIssueColumns: Bool
    /// The columns of the batch.
    let outputs: [String]
    /// For every source column its place in the batch, −1 for none.
    let targets: [Int]

    /// Columns that were declared for a file without a header.
    init(declared names: [String], wanted: [String]?, file: String) throws(FormatError) {
        self.names = names
        hasIssueColumns = false
        (outputs, targets) = try Self.plan(names, wanted: wanted, file: file, line: nil)
    }

    /// Columns as the header names them.
    ///
    /// - Throws: `malformed` for a name that is missing, empty or there twice, and for a wanted field without a column.
    init(header: [String], wanted: [String]?, delimiter: UInt8, file: String, line: Int) throws(FormatError) {
        hasIssueColumns = Array(header.prefix(Self.issueColumns.count)) == Self.issueColumns
        names = hasIssueColumns ? Array(header.dropFirst(Self.issueColumns.count)) : header
        var seen: Set<String> = []
        for (index, name) in names.enumerated() {
            if name.isEmpty {
                throw FormatError(
                    .malformed,
                    "column \(index + 1) of the header has no name; name it, or remove a delimiter too many",
                    file: file, line: line)
            }
            if !seen.insert(name).inserted {
                throw FormatError(
                    .malformed, "the header names the column '\(name)' twice; rename one", file: file, line: line)
            }
        }
        do throws(FormatError) {
            (outputs, targets) = try Self.plan(names, wanted: wanted, file: file, line: line)
        } catch {
            guard let other = Self.likelierDelimiter(names, than: delimiter) else { throw error }
            throw FormatError(
                .malformed, "\(error.message); is the delimiter \(other)?", file: file, line: line)
        }
    }

    private static func plan(
        _ names: [String], wanted: [String]?, file: String, line: Int?
    ) throws(FormatError) -> ([String], [Int]) {
        guard let wanted else { return (names, Array(names.indices)) }
        var targets = Array(repeating: -1, count: names.count)
        for (output, field) in wanted.enumerated() {
            guard let source = names.firstIndex(of: field) else {
                throw FormatError(
                    .malformed, "there is no column '\(field)'; \(hint(field, names))", file: file, line: line)
            }
            targets[source] = output
        }
        return (wanted, targets)
    }

    private static func hint(_ field: String, _ names: [String]) -> String {
        if let near = nearestName(to: field, among: names) { return "did you mean '\(near)'?" }
        let listed = names.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
        return "the columns are \(listed)" + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }

    /// A delimiter that would cut a header of one column into several.
    private static func likelierDelimiter(_ names: [String], than delimiter: UInt8) -> String? {
        guard names.count == 1, let only = names.first else { return nil }
        let candidates: [(UInt8, String)] = [
            (UInt8(ascii: ";"), "';'"), (UInt8(ascii: ","), "','"), (9, "a tab"), (UInt8(ascii: "|"), "'|'"),
        ]
        return candidates.first { $0.0 != delimiter && only.utf8.contains($0.0) }?.1
    }
}
