import Records
import TestSupport
import Testing

@testable import Pipelines

@Suite struct MapDateTests {
    private func convert(_ from: String, _ to: String, _ texts: [String]) throws -> RecordBatch {
        let entry = MapEntry.from("a", to: "b") { $0.date = DateConversion(from: from, to: to) }
        return try transform([.map([entry])], ["a"], texts.map { [.text($0)] })
    }

    @Test(
        "dates that convert",
        arguments: [
            ("yyyy-MM-dd", "dd-MM-yyyy", "2024-02-29", "29-02-2024"),
            ("yyyy-MM-dd", "dd-MM-yyyy", "\u{A0}1999-12-31 ", "31-12-1999"),
            ("d-M-yyyy", "yyyy-MM-dd", "1-2-2003", "2003-02-01"),
            ("d-M-yyyy", "yyyy-MM-dd", "11-12-2003", "2003-12-11"),
            ("dd/MM/yyyy HH:mm:ss", "yyyy-MM-dd HH:mm:ss", "03/04/2020 05:06:07", "2020-04-03 05:06:07"),
            ("dd-MM-yyyy", "yyyy-MM-dd HH:mm:ss", "03-04-2020", "2020-04-03 00:00:00"),
            ("yyyy-MM-ddTHH:mm:ssZ", "d-M-yyyy", "2020-04-03T05:06:07Z", "3-4-2020"),
            ("yyyyMMdd", "dd.MM.yyyy", "20200403", "03.04.2020"),
            ("d 'de' MM yyyy", "yyyy-MM-dd", "1 de 05 2024", "2024-05-01"),
            ("yyyy-MM-dd", "dd-MM-yyyy", "2000-02-29", "29-02-2000"),
            ("yyyy-MM-dd", "dd-MM-yyyy", "  ", ""),
        ])
    func converts(_ from: String, _ to: String, _ text: String, _ expected: String) throws {
        let batch = try convert(from, to, [text])
        #expect(batch.values("b") == [.text(expected)])
        #expect(batch.issues.isEmpty)
    }

    @Test(
        "dates that reject the row",
        arguments: [
            "31-02-2024", "29-02-2023", "29-02-1900", "00-01-2024", "01-13-2024", "31-04-2024", "1-1-2024", "01-01-24",
            "01/01/2024", "01-01-2024x", "2024-01-01", "01-01-0000", "0a-01-2024", "01-01-2024 10:00", "٠١-01-2024",
        ])
    func rejects(_ text: String) throws {
        let batch = try convert("dd-MM-yyyy", "yyyy-MM-dd", [text, "01-02-2024"])
        #expect(batch.codes == ["0:b:date.invalid"])
        #expect(batch.values("b") == [nil, "2024-02-01"])
        let issue = try #require(batch.issues.first?.issue)
        #expect(issue.value == text)
        #expect(issue.message.contains("dd-MM-yyyy, such as 31-12-2024"))
    }

    @Test(
        "patterns that do not compile",
        arguments: ["yyyy-MM", "MM-dd", "dd-mm-yyyy", "yy-MM-dd", "dd-MM-yyyy dd", "D-MM-yyyy", "yyyy-MM-dd 'x", ""])
    func refused(_ pattern: String) { #expect(throws: PatternProblem.self) { try DatePattern(pattern) } }

    @Test func `every day of four centuries is accepted, and no other number of days`() throws {
        // An oracle that counts days instead of computing with months.
        var texts: [String] = []
        var exists: [Bool] = []
        for year in stride(from: 1890, through: 2110, by: 1) {
            for month in 1...12 {
                let long = [1, 3, 5, 7, 8, 10, 12].contains(month)
                let leap = year.isMultiple(of: 4) && ![1900, 2100].contains(year)
                let days = month == 2 ? (leap ? 29 : 28) : long ? 31 : 30
                for day in 27...32 {
                    func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
                    texts.append("\(year)-\(pad(month))-\(pad(day))")
                    exists.append(day <= days)
                }
            }
        }
        let batch = try convert("yyyy-MM-dd", "yyyy-MM-dd", texts)
        #expect(batch.states.map { $0 == .live } == exists)
    }

    @Test func `reading what was written gives the same date`() throws {
        let seed: UInt64 = 11
        var random = SeededRNG(seed: seed)
        let forms = ["yyyy-MM-dd", "dd-MM-yyyy", "d/M/yyyy", "MM.dd.yyyy", "yyyyMMdd"]
        for _ in 0..<200 {
            let from = forms.randomElement(using: &random) ?? ""
            let to = forms.randomElement(using: &random) ?? ""
            guard
                let date = CivilDate(
                    year: Int.random(in: 1...9999, using: &random), month: Int.random(in: 1...12, using: &random),
                    day: Int.random(in: 1...31, using: &random))
            else { continue }
            let there = try convert("yyyy-MM-dd", from, [date.description]).text(row: 0, column: "b") ?? ""
            let further = try convert(from, to, [there]).text(row: 0, column: "b") ?? ""
            let back = try convert(to, "yyyy-MM-dd", [further])
            #expect(back.values("b") == [.text(date.description)], "seed \(seed): \(from) \(to)")
        }
    }

    @Test(arguments: ["dd-MM-yyyy", "yyyy-MM-dd", "yyyyMMdd", "MM/dd/yyyy", "'op' dd.MM.yyyy", "ddMMyyyy' om T'"])
    func `a date is the same whatever stands behind it`(_ pattern: String) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRNG(seed: seed)
        let form = try DatePattern(pattern)
        let alphabet: [UInt8] = Array("0123456789/:-. om".utf8) + [0x00, 0x80, 0xB0, 0xFF]
        var dates = 0
        for _ in 0..<4_000 {
            let date = DateAndTime(
                date: try #require(
                    CivilDate(
                        year: .random(in: 1...9999, using: &random), month: .random(in: 1...12, using: &random),
                        day: .random(in: 1...28, using: &random))))
            var text: [UInt8] = []
            form.write(date, to: &text)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
                case 1 where text.count > 1: text.remove(at: place)
                default: text[place] = alphabet.randomElement(using: &random) ?? 0
                }
            }
            let followed = text + (0..<16).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let alone = form.read(text.span, 0..<text.count)?.date
            #expect(form.read(followed.span, 0..<text.count)?.date == alone, "seed \(seed): \(text)")
            if alone != nil { dates += 1 }
        }
        #expect(dates > 1_000 && dates < 3_900, "seed \(seed)")
    }
}
