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
}
