import Formats
import Records
import Testing

@Suite struct CSVReaderTests {
    @Test func `a record knows its row, line, bytes and text`() {
        let seen = readCSV("\u{FEFF}nr;naam\r\n1;\"Jan\r\nsen\"\r\n\r\n2;\"zeg \"\"ja\"\"\"\r\n") {
            $0.dialect.delimiter = UInt8(ascii: ";")
        }
        #expect(seen.error == nil && seen.columns == ["nr", "naam"])
        #expect(seen.values == [["1", "Jan\r\nsen"], ["2", "zeg \"ja\""]])
        #expect(seen.records.map(\.row) == [1, 2])
        #expect(seen.records.map(\.line) == [2, 5])
        #expect(seen.records.map(\.byteOffset) == [12, 28])
        #expect(String(decoding: seen.records[1].raw, as: UTF8.self) == "2;\"zeg \"\"ja\"\"\"")
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `every kind of line end ends a record`(end: String) {
        let seen = readCSV(["a,b", "1,2", "", "3,4", "", ""].joined(separator: end))
        #expect(seen.values == [["1", "2"], ["3", "4"]])
        #expect(seen.records.map(\.line) == [2, 4])
    }

    @Test func `mixed line ends are counted one by one`() {
        let seen = readCSV("a\r1\n\r2\r\n\n3\n\r\n4")
        #expect(seen.values == [["1"], ["2"], ["3"], ["4"]])
        #expect(seen.records.map(\.line) == [2, 4, 6, 8])
    }

    @Test func `a stray quote is text`() {
        let seen = readCSV("a,b\n5\" pipe,x\"y\"\n \"z\",'\n")
        #expect(seen.values == [["5\" pipe", "x\"y\""], [" \"z\"", "'"]])
        #expect(seen.records.allSatisfy { !$0.isRejected })
    }

    @Test func `an empty line of a one-column file is blank and a quoted empty value is a row`() {
        let seen = readCSV("a\n\n1\n\"\"\n\n")
        #expect(seen.values == [["1"], [""]])
    }

    @Test func `empty fields are empty text and not null`() {
        #expect(readCSV("a,b,c\n,\"\",\n").values == [["", "", ""]])
    }

    @Test func `rows count although none of their fields is used`() {
        let seen = readCSV("a,b\n1,2\n3,4\n5,6\n") { $0.fields = [] }
        #expect(seen.error == nil)
        #expect(seen.values == [[], [], []])
    }

    @Test func `the wanted fields come in the wanted order`() {
        let seen = readCSV("a,b,c\n1,2,3\n4,5,6\n") { $0.fields = ["c", "a"] }
        #expect(seen.columns == ["c", "a"] && seen.values == [["3", "1"], ["6", "4"]])
    }

    @Test func `no quote character means that quotes are text`() {
        let seen = readCSV("a,b\n\"1,2\"\n") { $0.dialect.quote = nil }
        #expect(seen.values == [["\"1", "2\""]])
    }

    @Test func `another quote and delimiter`() {
        let seen = readCSV("a|b\n'x|''y'|\"z\n") {
            ($0.dialect.quote, $0.dialect.delimiter) = (UInt8(ascii: "'"), UInt8(ascii: "|"))
        }
        #expect(seen.values == [["x|'y", "\"z"]])
    }

    @Test func `header names are trimmed and may be quoted`() {
        #expect(readCSV(" nr ,\" na\"\"am \"\n1,2\n").columns == ["nr", "na\"am"])
    }

    @Test func `issue columns of a rejects file are dropped by their header`() {
        let seen = readCSV(
            "_row,_line,_field,_code,_message,nr,naam\n7,9,naam,required,leeg,1,\"Jan\"\n8,10,,csv.ragged,x,1\n")
        #expect(seen.columns == ["nr", "naam"])
        #expect(seen.records[0].values == ["1", "Jan"] && !seen.records[0].isRejected)
        #expect(String(decoding: seen.records[0].raw, as: UTF8.self) == "1,\"Jan\"")
        #expect(seen.records[1].issues.map(\.message).first?.hasPrefix("expected 2 fields, found 1") == true)
        #expect(String(decoding: seen.records[1].raw, as: UTF8.self) == "1")
    }

    @Test func `issue columns without a header are recognised by their number and their integers`() {
        let seen = readCSV("7,9,naam,required,leeg,1,Jan\n1,2,3,4,5,6,7,8\nx,9,naam,required,leeg,1,Jan\n2,Piet\n") {
            $0.dialect.columns = ["nr", "naam"]
        }
        #expect(seen.records[0].values == ["1", "Jan"] && !seen.records[0].isRejected)
        #expect(seen.codes == [[], ["csv.ragged"], ["csv.ragged"], []])
    }

    @Test func `only all five issue columns are dropped`() {
        #expect(readCSV("_row,_line,_field,_code\n1,2,3,4\n").columns == ["_row", "_line", "_field", "_code"])
    }

    @Test func `good records before a failing input are delivered first`() {
        struct Failing: ByteSource {
            var given = false

            mutating func read(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int {
                if given { throw FormatError(.unreadable, "the disk is gone", file: "in.csv") }
                given = true
                buffer += Array("a,b\n1,2\n3,4\n5".utf8)
                return 13
            }
        }
        let seen = readCSV(Failing(), CSVOptions())
        #expect(seen.values == [["1", "2"], ["3", "4"]])
        #expect(seen.error?.message == "the disk is gone")
    }

    @Test func `a file of many columns gets smaller batches`() {
        let width = 1000
        let header = (0..<width).map { "c\($0)" }.joined(separator: ",")
        let row = String(repeating: "x,", count: width - 1) + "x\n"
        let seen = readCSV(header + "\n" + String(repeating: row, count: 300))
        #expect(seen.records.count == 300 && seen.batches >= 2)
        #expect(seen.values.allSatisfy { $0.count == width })
    }
}

/// A field that is generated as it is read, so that only the reader's own memory counts.
private struct EndlessField: ByteSource {
    var fieldBytesLeft: Int
    var stage = 0
    let filler: [UInt8]

    /// - Parameter filler: a power of two bytes long, as is `bytes` or a multiple of it.
    init(bytes: Int, with filler: String) {
        fieldBytesLeft = bytes
        self.filler = Array(String(repeating: filler, count: 4096).utf8)
    }

    mutating func read(into buffer: inout [UInt8], max: Int) throws(FormatError) -> Int {
        let before = buffer.count
        switch stage {
        case 0: buffer += Array("a,b\n1,2\n3,\"".utf8)
        case 1 where fieldBytesLeft > 0:
            let start = -fieldBytesLeft & (filler.count - 1)
            let count = min(max, filler.count - start, fieldBytesLeft)
            buffer += filler[start..<start + count]
            fieldBytesLeft -= count
            return count
        case 1: buffer += Array("\"\n5,6\n".utf8)
        default: return 0
        }
        stage += 1
        return buffer.count - before
    }
}

@Suite struct CSVMemoryTests {
    @Test func `a field of 100 MB is skipped without being held`() {
        var options = CSVOptions()
        options.recordBytesMax = 1 << 20
        let seen = readCSV(EndlessField(bytes: 100 << 20, with: "vul "), options)
        #expect(seen.error == nil)
        #expect(seen.codes == [[], ["record.too_large"], []])
        #expect(seen.values == [["1", "2"], [nil, nil], ["5", "6"]])
        #expect(seen.records[2].line == 4 && seen.records[2].byteOffset == 8 + 3 + 100 << 20 + 2)
        #expect(seen.batchBytesMax < 64)
    }

    @Test func `an open quote over many lines keeps the rows after it and the memory bound`() {
        var options = CSVOptions()
        options.recordBytesMax = 1 << 16
        let seen = readCSV(EndlessField(bytes: 1 << 18, with: "7,8\n"), options)
        #expect(seen.records.count == 1 + 1 + ((1 << 16) - 1) + 1 + 1)
        #expect(seen.records[1].issues.map(\.code) == ["csv.unterminated_quote"])
        #expect(seen.codes.suffix(3) == [[], ["csv.unterminated_quote"], []])
        #expect(seen.batchBytesMax <= 2 << 20)
    }
}
