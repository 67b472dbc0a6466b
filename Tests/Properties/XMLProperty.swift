import Formats
import Records

extension Property {
    /// Any cutting gives the same rows and the same failure; and the records' own texts, put into a file again, give
    /// the same values and the same texts.
    static let xml = Property("xml") { input in
        let isPacked = input.flag()
        let recordBytesMax = input.choose([16 << 20, 16 << 20, 60])
        let cutting = Cutting(&input)
        let bytes = isPacked ? try gzipped(input.rest) : input.rest
        let whole = read(bytes, recordBytesMax, Cutting())
        try whole.requireOrder()
        // Where it failed, and on which bytes, is libxml2's word, which goes by its own buffers.
        let cut = read(bytes, recordBytesMax, cutting)
        let difference = cut.asFar(as: whole).difference(from: whole.asFar(as: cut), comparesFailures: false)
        try require(difference == nil, "\(cutting): \(difference ?? "")")
        if recordBytesMax < referenceBytesMax { return }
        let good = whole.good
        let text = "<klanten>\n" + good.map { $0.raw + "\n" }.joined() + "</klanten>\n"
        let again = read(Array(text.utf8), 16 << 20, Cutting())
        try require(again.failure == nil, "read again: \(again.failure as Any) in \(text)")
        try require(again.rows.map(\.values) == good.map(\.values), "read again: \(again.rows)\nis not\n\(good)")
        try require(again.rows.map(\.raw) == good.map(\.raw), "read again: \(again.rows)\nis not\n\(good)")
    }
}

private func read(_ bytes: [UInt8], _ recordBytesMax: Int, _ cutting: Cutting) -> ReadResult {
    let fields = [("nr", "@nr"), ("naam", "naam"), ("postcode", "adres/postcode"), ("telefoon", "telefoon[]")]
    let shape = XMLShape(
        record: "/klanten/klant", fields: fields.map { XMLShape.Field(name: $0.0, path: $0.1) }, namespaces: [:])
    var definition = SourceDefinition(format: .xml(shape), paths: ["in.xml"])
    definition.recordBytesMax = recordBytesMax
    cutting.apply(to: &definition)
    return .all { () throws(FormatError) in
        let stream = ByteStream(
            MemoryBytes(bytes, pieceBytesMax: cutting.pieceBytes), file: "in.xml", encoding: nil)
        return try XMLReader(source: stream, file: "in.xml", fileIndex: 0, firstRow: 1, definition: definition)
    }
}

extension ReadResult {
    /// Without the rows that the other has not, when both failed on a byte that stands for no character: libxml2 converts
    /// ahead of what it parses, and forgets what it has not parsed yet.
    fileprivate func asFar(as other: ReadResult) -> ReadResult {
        let isBoth = [self, other].allSatisfy { $0.failure?.message.contains("conversion failed") ?? false }
        guard isBoth, rows.count > other.rows.count else { return self }
        var shorter = self
        shorter.rows.removeLast(rows.count - other.rows.count)
        return shorter
    }
}
