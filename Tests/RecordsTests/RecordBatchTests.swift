import Records
import Testing

@Suite struct RecordBatchTests {
    private func batch() -> RecordBatch {
        let bytes = Array("jan;x".utf8)
        let origin = RecordOrigin(file: 0, row: 1, line: 2, byteOffset: 9, raw: 0..<5)
        return RecordBatch(
            bytes: bytes,
            columns: [
                .init(name: "naam", cells: [Cell(kind: .text, offset: 0, length: 3)]),
                .init(name: "leeg", cells: [.null]),
            ], origins: [origin])
    }

    @Test func `a cell knows null from empty`() {
        let empty = Cell(kind: .text, offset: 3, length: 0)
        #expect(empty.isEmpty && !empty.isNull)
        #expect(Cell.null.isEmpty && Cell.null.isNull)
        #expect(MemoryLayout<Cell>.size == 8)
    }

    @Test func `columns are found and replaced by name`() {
        var batch = batch()
        let cell = batch.store("Jan".utf8)
        batch.set(.init(name: "naam", cells: [cell]))
        #expect(batch.columns.count == 2)
        #expect(batch.text(row: 0, column: "naam") == "Jan")
        #expect(batch.text(row: 0, column: "leeg") == nil)
        #expect(String(decoding: batch.raw(row: 0), as: UTF8.self) == "jan;x")
    }

    @Test func `a rejected row stays rejected and a warning rejects nothing`() {
        var batch = batch()
        batch.report(Issue(.warning, code: "w", message: "m"), row: 0)
        #expect(batch.states == [.live])
        batch.report(Issue(code: "e", message: "m"), row: 0)
        batch.drop(row: 0, as: .filtered)
        #expect(batch.states == [.rejected])
        #expect(batch.issues.count == 2)
    }

    @Test func `a balance holds only when every row has one fate`() {
        var balance = Balance()
        balance.read(3)
        balance.settle(.created, 2)
        #expect(!balance.holds)
        balance.settle(.rejected)
        #expect(balance.holds)
        balance.settle(.rejected)
        #expect(!balance.holds)
    }
}
