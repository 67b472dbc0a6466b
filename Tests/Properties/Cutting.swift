import Formats
import Records

/// How the bytes of an input reach a reader, and how it is to gather rows: nothing of what it delivers may depend on it.
struct Cutting {
    var pieceBytes = Int.max
    var blockBytes = 256 << 10
    var batchRows = 1024
    var batchBytes = 1 << 20

    init() {}

    init(_ input: inout PropertyInput) {
        pieceBytes = input.choose([1, 2, 3, 7, 16, 63, 64, 65, 200, .max])
        blockBytes = input.choose([1, 5, 63, 64, 65, 300, 256 << 10])
        batchRows = input.choose([1, 2, 3, 7, 1024])
        batchBytes = input.choose([1, 100, 1 << 20])
    }

    func apply(to definition: inout SourceDefinition) {
        definition.blockBytes = blockBytes
        definition.batchRows = batchRows
        definition.batchBytes = batchBytes
    }
}

extension ReadResult {
    /// The first difference in what must be equal; `nil` when there is none.
    ///
    /// - Parameter comparesFailures: whether the whole of a failure must be equal, and not only its kind.
    func difference(from other: ReadResult, comparesFailures: Bool = true) -> String? {
        for (mine, theirs) in zip(rows.map(\.filled), other.rows.map(\.filled)) where mine != theirs {
            return "\(mine)\nis not\n\(theirs)"
        }
        if rows.count != other.rows.count { return "\(rows.count) rows are not \(other.rows.count)" }
        if columns != other.columns, !rows.isEmpty { return "columns \(columns) are not \(other.columns)" }
        let isSame = comparesFailures ? failure == other.failure : failure?.code == other.failure?.code
        if !isSame { return "failure \(failure as Any) is not \(other.failure as Any)" }
        return nil
    }

    /// Rows are numbered without gaps, stand in the order of their bytes, and say why they are rejected.
    func requireOrder() throws {
        var offset = -1
        for (index, row) in rows.enumerated() {
            try require(row.row == index + 1, "row \(row.row) comes as number \(index + 1)")
            try require(row.byteOffset > offset, "row \(row.row) begins at \(row.byteOffset), after \(offset)")
            let hasError = row.issues.contains { $0.severity == .error }
            try require(hasError == (row.state == .rejected), "row \(row.row) is \(row.state) with \(row.issues)")
            offset = row.byteOffset
        }
    }
}

extension ReadRow {
    /// The row without what it has no value for: a row before the first good one may not know the columns yet.
    fileprivate var filled: ReadRow {
        var row = self
        row.kinds = kinds.filter { $0.value != .null }
        return row
    }
}

/// The bytes as one gzip file.
func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
    var deflater = try GzipDeflater(file: "in.gz")
    var out: [UInt8] = []
    deflater.deflate(bytes.span, isLast: true, into: &out)
    return out
}
