import Formats
import Records
import Testing

@Suite struct CSVBadInputTests {
    /// A good row, the bad part, a good row: both good ones must come through.
    private func around(_ bad: String, change: (inout CSVOptions) -> Void = { _ in }) -> Seen {
        let seen = readCSV("nr,naam\n1,Jansen\n" + bad + "\n9,De Vries\n", change: change)
        #expect(seen.error == nil)
        #expect(seen.records.first?.values == ["1", "Jansen"] && seen.records.first?.isRejected == false)
        #expect(seen.records.last?.values == ["9", "De Vries"] && seen.records.last?.isRejected == false)
        return seen
    }

    @Test func `a row with too many fields costs itself`() {
        let seen = around("2,Bakker,extra")
        let row = seen.records[1]
        #expect(seen.records.count == 3 && row.isRejected && row.line == 3)
        #expect(row.values == ["2", "Bakker"])
        #expect(
            row.issues == [
                Issue(
                    code: "csv.ragged",
                    message: "expected 2 fields, found 3; quote values that hold the delimiter",
                    arguments: ["2", "3"])
            ])
    }

    @Test func `a row with too few fields is rejected with null where a value is missing`() {
        let row = around("2").records[1]
        #expect(row.isRejected && row.values == ["2", nil] && row.issues.map(\.code) == ["csv.ragged"])
        #expect(row.issues[0].message.hasPrefix("expected 2 fields, found 1;"))
    }

    @Test func `padding gives null for missing fields and still rejects extra ones`() {
        let short = around("2") { $0.dialect.ragged = .pad }
        #expect(short.records[1].values == ["2", nil] && !short.records[1].isRejected)
        let long = around("2,b,c") { $0.dialect.ragged = .pad }
        #expect(long.codes == [[], ["csv.ragged"], []])
    }

    @Test func `text after a closing quote costs the row and nothing after its line end`() {
        let seen = around("2,\"Bak\"ker, \"en meer\"")
        #expect(seen.codes == [[], ["csv.quote"], []])
        #expect(seen.records[1].issues[0].field == "naam")
        #expect(seen.records[1].issues[0].message.contains("text after a closing quote"))
        #expect(seen.records[1].values == ["2", nil] && seen.records[1].line == 3)
    }

    @Test func `a quote that is never closed costs its own row only`() {
        let seen = around("2,\"Bakker\n3,Visser")
        #expect(seen.codes == [[], ["csv.unterminated_quote"], [], []])
        #expect(seen.records[1].issues[0].message.contains("opens on line 3"))
        #expect(seen.records[1].issues[0].field == "naam")
        #expect(String(decoding: seen.records[1].raw, as: UTF8.self) == "2,\"Bakker")
        #expect(seen.records[2].values == ["3", "Visser"] && seen.records[2].line == 4)
    }

    @Test func `an unclosed quote names its own line, not that of its record`() {
        let seen = readCSV("a,b\n\"1\n2\",\"open\n3,4\n")
        #expect(seen.codes == [["csv.unterminated_quote"], []])
        #expect(seen.records[0].line == 2)
        #expect(seen.records[0].issues[0].message.contains("opens on line 3"))
        #expect(seen.records[1].values == ["3", "4"] && seen.records[1].line == 4)
    }

    @Test func `a quote left open over the longest record ends at its line`() {
        let rows = (1...50).map { "\($0),naam \($0)\n" }.joined()
        let seen = readCSV("nr,naam\n1,\"open\n" + rows) { $0.recordBytesMax = 100 }
        #expect(seen.records.count == 51)
        #expect(seen.records[0].issues.map(\.code) == ["csv.unterminated_quote"])
        #expect(seen.records[0].issues[0].message.contains("within 100 bytes"))
        #expect(seen.records.dropFirst().allSatisfy { !$0.isRejected })
    }

    @Test func `a record longer than allowed is skipped to its end`() {
        let seen = around("2,\"" + String(repeating: "x", count: 500) + "\"\"\n,\",\n3,Visser") {
            $0.recordBytesMax = 100
        }
        #expect(seen.codes == [[], ["record.too_large"], [], []])
        let row = seen.records[1]
        #expect(row.line == 3 && row.raw.isEmpty && row.values == [nil, nil])
        #expect(row.issues[0].message.contains("line 3 has 509 bytes, at most 100"))
        #expect(seen.records[2].line == 5 && seen.records[2].row == 3)
        #expect(seen.records[2].byteOffset == 17 + 509 + 1)
    }

    @Test func `a record of exactly the longest length is read`() {
        let seen = readCSV("a\n" + String(repeating: "x", count: 100) + "\n") { $0.recordBytesMax = 100 }
        #expect(seen.values == [[String(repeating: "x", count: 100)]])
    }

    @Test func `a NUL byte costs its row`() {
        let seen = around("2,Bak\u{0}ker")
        #expect(seen.codes == [[], ["csv.nul"], []])
        #expect(seen.records[1].issues[0].field == "naam" && seen.records[1].values == ["2", nil])
        #expect(seen.records[1].issues[0].message.contains("NUL byte at byte 22"))
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xC3],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 cost their row and are named`(bad: [UInt8]) {
        var bytes = Array("nr,naam\n1,caf\u{E9}\n2,".utf8)
        bytes += bad + Array("x\n3,Visser\n".utf8)
        let seen = readCSV(bytes)
        #expect(seen.codes == [[], ["encoding.invalid"], []])
        #expect(seen.records[1].issues[0].field == "naam" && seen.records[1].values == ["2", nil])
        #expect(seen.records[1].issues[0].message.hasPrefix("the bytes at byte 18 are not utf-8"))
        #expect(Array(seen.records[1].raw.dropFirst(2).dropLast()) == bad)
        #expect(seen.records[2].values == ["3", "Visser"])
    }

    @Test(arguments: ["", "\n", "\r\n\r\n", "\u{FEFF}"])
    func `an empty file has no header`(text: String) {
        let seen = readCSV(text)
        #expect(seen.error?.code == .malformed && seen.error?.file == "in.csv")
        #expect(seen.error?.message == "is empty, expected a header")
    }

    @Test func `an empty file without a header has no rows`() {
        #expect(readCSV("") { $0.dialect.columns = ["a"] } == Seen())
    }

    @Test func `a header that names a column twice is refused`() {
        let error = readCSV("nr,naam, nr \n1,2,3\n").error
        #expect(error?.line == 1 && error?.message == "the header names the column 'nr' twice; rename one")
    }

    @Test func `a header with a nameless column is refused`() {
        let error = readCSV("nr,naam,\n1,2,3\n").error
        #expect(error?.line == 1 && error?.message.hasPrefix("column 3 of the header has no name") == true)
    }

    @Test func `a wanted field without a column names the nearest one`() {
        let error = readCSV("Nr,Post Code,plaats\n") { $0.fields = ["postcode"] }.error
        #expect(error?.description == "in.csv:1: there is no column 'postcode'; did you mean 'Post Code'?")
        let typo = readCSV("nr,postcode,plaats\n") { $0.fields = ["nr", "poscode"] }.error
        #expect(typo?.message == "there is no column 'poscode'; did you mean 'postcode'?")
        let other = readCSV("nr,postcode\n") { $0.fields = ["iban"] }.error
        #expect(other?.message == "there is no column 'iban'; the columns are 'nr', 'postcode'")
    }

    @Test func `a header of one column hints at another delimiter`() {
        let error = readCSV("nr;naam\n1;x\n") { $0.fields = ["nr"] }.error
        #expect(error?.message.hasSuffix("is the delimiter ';'?") == true)
    }

    @Test func `a header with a broken quote is refused`() {
        #expect(readCSV("\"nr,naam\n1,2\n").error?.message.contains("never closed") == true)
        #expect(readCSV("\"nr\"x,naam\n1,2\n").error?.message.contains("after a closing quote") == true)
    }

    @Test func `a header in another encoding is refused`() {
        let error = readCSV(Array("nr,naam".utf8) + [0xE9] + Array("\n1,2\n".utf8)).error
        #expect(error?.line == 1 && error?.byteOffset == 7 && error?.message.contains("not utf-8 text") == true)
    }

    @Test func `a declared column that is wanted under another name is refused`() {
        let error = readCSV("1,2\n") { ($0.dialect.columns, $0.fields) = (["nr", "naam"], ["naan"]) }.error
        #expect(error?.line == nil && error?.message == "there is no column 'naan'; did you mean 'naam'?")
    }
}
