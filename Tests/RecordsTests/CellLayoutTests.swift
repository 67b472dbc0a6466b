import CKernels
import Records
import Testing

@Suite struct CellLayoutTests {
    @Test(arguments: [
        (Cell.Kind.null, DOCKHAND_NULL), (.text, DOCKHAND_TEXT), (.number, DOCKHAND_NUMBER),
        (.boolean, DOCKHAND_BOOLEAN), (.json, DOCKHAND_JSON),
    ])
    func `a cell stands in memory as the kernels read it`(kind: Cell.Kind, number: Int) {
        let cell = Cell(kind: kind, offset: 0x8000_0001, length: Cell.lengthMax - 5)
        let kernels = unsafe unsafeBitCast(cell, to: dockhand_cell.self)
        #expect(dockhand_kind(kernels) == UInt32(number))
        #expect(kernels.offset == 0x8000_0001 && dockhand_length(kernels) == Cell.lengthMax - 5)
        let back = unsafe unsafeBitCast(
            dockhand_make_cell(UInt32(number), 0x8000_0001, Cell.lengthMax - 5), to: Cell.self)
        #expect(back == cell && back.kind == kind && back.range == cell.range)
        #expect(MemoryLayout<Cell>.stride == MemoryLayout<dockhand_cell>.stride)
    }

    @Test func `a text that needs no trimming is as any other`() {
        let bytes = Array("a; b;é;;c ;-".utf8)
        let places = [(0, 1), (2, 2), (5, 2), (8, 0), (9, 2), (12, 1)]
        let cells = places.map { offset, length in
            unsafe unsafeBitCast(dockhand_make_text(bytes, offset, length), to: Cell.self)
        }
        #expect(cells.map(\.isTrimmed) == [true, false, false, true, false, true])
        for (cell, (offset, length)) in zip(cells, places) {
            let plain = Cell(kind: .text, offset: offset, length: length)
            #expect(cell == plain && cell.hashValue == plain.hashValue && !plain.isTrimmed)
            #expect(cell.kind == .text && cell.isText && cell.range == plain.range)
            #expect(!cell.isNull && !cell.isJSON && cell.isEmpty == (length == 0))
            #expect(cell != Cell(kind: .json, offset: offset, length: length))
        }
    }
}
