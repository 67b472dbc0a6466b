internal import Records

/// Parses blocks of one XML file into batches; a function of the block alone.
///
/// Records of the plainest form are read by `XMLPlainParser`; a block that holds any other goes through libxml2, inside
/// the start tags that stand around it in the file.
struct XMLBlockParser: Sendable {
    private let plan: XMLPlan
    private let file: String
    private let plain: XMLPlainParser?

    init(_ plan: XMLPlan, file: String) {
        self.plan = plan
        self.file = file
        plain = XMLPlainParser(plan)
    }

    func parse(_ block: consuming XMLBlock) -> ParsedBlock {
        if var plain, let batch = plain.parse(block) { return ParsedBlock(batch: batch) }
        return parseAny(block)
    }

    private func parseAny(_ block: borrowing XMLBlock) -> ParsedBlock {
        let around = plan.record.elements.dropLast().map(\.name)
        var failure: FormatError?
        var batch: RecordBatch?
        do throws(FormatError) {
            var plan = plan
            plan.takesOneBatch()
            var parser = try plan.parser(file: file, firstRow: block.firstRow)
            parser.push(Array(around.map { "<\($0)>" }.joined().utf8))
            parser.move(to: block.place)
            parser.push(block.bytes)
            parser.push(Array(around.reversed().map { "</\($0)>" }.joined().utf8))
            parser.push([])
            batch = parser.takeBatch(atEnd: true)
            failure = parser.failure
        } catch {
            failure = error
        }
        return ParsedBlock(
            batch: batch
                ?? RecordBatch(
                    bytes: [], columns: plan.names.map { RecordBatch.Column(name: $0, cells: []) }, origins: []),
            failure: failure)
    }
}
