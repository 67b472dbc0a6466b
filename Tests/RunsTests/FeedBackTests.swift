import Formats
import Foundation
import Pipelines
import Records
import Synchronization
import TestSupport
import Testing

@testable import Runs

/// Rejects that were mended and fed back give no rejects, and with the rows of the first run the same records as the
/// corrected original.
@Suite struct FeedBackTests {
    /// A way in which a CSV source is written.
    struct Dialect: Sendable, CustomStringConvertible {
        var delimiter = ";"
        var quote = "\""
        var encoding = "utf-8"
        var mark: [UInt8] = []
        var hasHeader = true
        var isGzip = false
        var lineEnd = "\n"

        var description: String {
            "\(encoding) \(mark) '\(delimiter)' '\(quote)' header \(hasHeader) gzip \(isGzip) \(lineEnd.utf8.count)"
        }

        /// What the encoding can write besides ASCII.
        var special: String { encoding == "windows-1252" || encoding == "iso-8859-15" ? "é€ü" : "é€ü😀" }

        func bytes(_ text: String) -> [UInt8] {
            switch encoding {
            case "windows-1252": Array(text.data(using: .windowsCP1252) ?? Data())
            case "iso-8859-15": text.unicodeScalars.map { $0 == "€" ? 0xA4 : UInt8(truncatingIfNeeded: $0.value) }
            case "utf-16le": text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
            case "utf-16be": text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
            default: Array(text.utf8)
            }
        }

        func record(_ fields: [String]) -> String {
            fields.map { field in
                guard !quote.isEmpty, field.contains(where: { "\(delimiter)\(quote)\n\r".contains($0) }) else {
                    return field
                }
                return quote + field.replacing(quote, with: quote + quote) + quote
            }.joined(separator: delimiter)
        }

        /// The `csv` of a pipeline's source.
        func source(_ path: String) -> String {
            let columns = hasHeader ? "" : ", header: [nr, naam, mail, geboren]"
            let quoting = quote == "\"" ? "" : ", quote: \"\(quote)\""
            let delimiter = delimiter == "\t" ? "tab" : delimiter
            return "csv: { path: \(path), delimiter: \"\(delimiter)\", encoding: \(encoding)\(quoting)\(columns) }"
        }
    }

    static let dialects: [Dialect] = [
        Dialect(), Dialect(delimiter: ","), Dialect(delimiter: "\t"), Dialect(delimiter: "|", quote: "'"),
        Dialect(quote: ""), Dialect(mark: [0xEF, 0xBB, 0xBF], lineEnd: "\r\n"), Dialect(encoding: "windows-1252"),
        Dialect(encoding: "iso-8859-15", lineEnd: "\r"), Dialect(encoding: "utf-16le", mark: [0xFF, 0xFE]),
        Dialect(encoding: "utf-16be", mark: [0xFE, 0xFF], lineEnd: "\r\n"), Dialect(encoding: "utf-16le"),
        Dialect(hasHeader: false), Dialect(delimiter: ",", encoding: "windows-1252", hasHeader: false, isGzip: true),
        Dialect(isGzip: true),
    ]

    @Test(arguments: dialects) func `mended rejects of a CSV source are as good as the corrected source`(
        dialect: Dialect
    ) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var rng = SeededRNG(seed: seed)
        let good = (1...40).map { Self.fields($0, dialect, &rng) }
        var source = dialect.hasHeader ? [dialect.record(["nr", "naam", "mail", "geboren"])] : []
        var corrected = source
        var mends: [(bad: String, good: String)] = []
        for fields in good {
            let isBad = Int.random(in: 0..<3, using: &rng) == 0
            let text = dialect.record(isBad ? Self.spoilt(fields, dialect, &rng) : fields)
            source.append(text)
            corrected.append(dialect.record(fields))
            if isBad { mends.append((text, dialect.record(fields))) }
        }
        let trial = try Trial { dialect.source($0) }
        func file(_ lines: [String]) -> [UInt8] {
            dialect.mark + dialect.bytes(lines.map { $0 + dialect.lineEnd }.joined())
        }
        let first = try await trial.validate(file(source), "in.csv", isGzip: dialect.isGzip)
        let whole = try await trial.validate(file(corrected), "whole.csv", isGzip: dialect.isGzip)
        #expect(first.outcome.balance[.rejected] == mends.count, "seed \(seed)")
        #expect(whole.outcome.balance[.rejected] == 0, "seed \(seed)")
        guard let rejects = first.rejects else { return #expect(mends.isEmpty) }
        var mended = rejects
        for mend in mends {
            let (bad, good) = (dialect.bytes(mend.bad), dialect.bytes(mend.good))
            let place = try #require(mended.firstRange(of: bad), "seed \(seed): not verbatim: \(mend.bad)")
            mended.replaceSubrange(place, with: good)
        }
        #expect(mended.starts(with: dialect.mark), "seed \(seed)")
        let again = try await trial.validate(mended, "mended.csv", isGzip: false)
        #expect(again.outcome.balance[.rejected] == 0, "seed \(seed): \(again.outcome.problems)")
        #expect((first.accepted + again.accepted).sorted() == whole.accepted.sorted(), "seed \(seed)")
        #expect(dialect.lineEnd == "\n" || mended.firstRange(of: dialect.bytes(dialect.lineEnd)) != nil)
    }

    @Test func `mended rejects of an NDJSON source are as good as the corrected source`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var rng = SeededRNG(seed: seed)
        let trial = try Trial { "ndjson: { path: \($0) }" }
        func line(_ row: Int, mail: String) -> String {
            #"{"nr":\#(row),"naam":"é \"\#(row)\" \u20ac","mail":"\#(mail)","geboren":"2001-02-03","x":[1,{}]}"#
        }
        try await feedBack(trial, "ndjson", seed, &rng, head: "", tail: "") { row, isGood in
            line(row, mail: isGood ? "p\(row)@post.example" : "kapot\(row)") + "\n"
        }
    }

    @Test func `mended rejects of an XML source are as good as the corrected source`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var rng = SeededRNG(seed: seed)
        let fields = "{ nr: \"@nr\", naam: naam, mail: contact/mail, geboren: geboren }"
        let trial = try Trial { "xml: { path: \($0), record: /export/klant, fields: \(fields) }" }
        try await feedBack(trial, "xml", seed, &rng, head: "<export>\n", tail: "</export>\n") { row, isGood in
            "<klant nr=\"\(row)\"><naam>é &amp; \(row) &lt;</naam><contact><mail>"
                + (isGood ? "p\(row)@post.example" : "kapot\(row)")
                + "</mail></contact><!-- - --><geboren><![CDATA[2001-02-03]]></geboren></klant>\n"
        }
    }

    private func feedBack(
        _ trial: Trial, _ name: String, _ seed: UInt64, _ rng: inout SeededRNG, head: String, tail: String,
        record: (_ row: Int, _ isGood: Bool) -> String
    ) async throws {
        let bad = (1...40).filter { _ in Int.random(in: 0..<3, using: &rng) == 0 }
        let source = (1...40).map { record($0, !bad.contains($0)) }.joined()
        let first = try await trial.validate(Array((head + source + tail).utf8), "in.\(name)", isGzip: false)
        let corrected = (1...40).map { record($0, true) }.joined()
        let whole = try await trial.validate(Array((head + corrected + tail).utf8), "whole.\(name)", isGzip: true)
        #expect(first.outcome.balance[.rejected] == bad.count && whole.accepted.count == 40, "seed \(seed)")
        guard let rejects = first.rejects else { return #expect(bad.isEmpty) }
        var text = String(decoding: rejects, as: UTF8.self)
        for row in bad {
            let value = try #require(text.range(of: "kapot\(row)<") ?? text.range(of: "kapot\(row)\""))
            text.replaceSubrange(value.lowerBound..<text.index(before: value.upperBound), with: "p\(row)@post.example")
        }
        let again = try await trial.validate(Array(text.utf8), "mended.\(name)", isGzip: false)
        #expect(again.outcome.balance[.rejected] == 0, "seed \(seed): \(again.outcome.problems)")
        #expect((first.accepted + again.accepted).sorted() == whole.accepted.sorted(), "seed \(seed)")
    }

    @Test func `a line that was no JSON is mended where it stands in the rejects`() async throws {
        let trial = try Trial { "ndjson: { path: \($0) }" }
        let good = #"{"nr":1,"naam":"é \"1\"","mail":"p1@post.example","geboren":"2001-02-03"}"#
        let broken = #"{"nr":2,"naam":"é \"2\"","mail":"p2@post.example","geboren":"2001-02-03""#
        let first = try await trial.validate(Array("\(good)\n\(broken)\n".utf8), "in.ndjson", isGzip: false)
        #expect(first.outcome.problems == ["ndjson.malformed": 1])
        let rejects = String(decoding: try #require(first.rejects), as: UTF8.self)
        // As it is, it is rejected again, and the file of that can be mended as well.
        let again = try await trial.validate(Array(rejects.utf8), "again.ndjson", isGzip: false)
        #expect(
            again.outcome.problems == ["ndjson.malformed": 1]
                && again.rejects.map { String(decoding: $0, as: UTF8.self) }
                    == rejects.replacing("\"_row\":2,\"_line\":2", with: "\"_row\":1,\"_line\":1")
        )
        let mended = rejects.replacing(#"2001-02-03\""#, with: #"2001-02-03\"}"#)
        #expect(mended != rejects)
        let last = try await trial.validate(Array(mended.utf8), "mended.ndjson", isGzip: false)
        let whole = try await trial.validate(Array("\(good)\n\(broken)}\n".utf8), "whole.ndjson", isGzip: false)
        #expect(last.outcome.balance[.rejected] == 0, "\(last.outcome.problems)")
        #expect((first.accepted + last.accepted).sorted() == whole.accepted.sorted())
    }

    @Test func `rejects of files in different encodings lose no character`() async throws {
        let trial = try Trial { "csv: { path: [\($0), tweede.csv], delimiter: \";\", encoding: windows-1252 }" }
        let head = "nr;naam;mail;geboren\n"
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        try trial.write(mark + Array("\(head)2;漢 é;kapot;2001-02-03\n".utf8), "tweede.csv")
        let latin = Array(head.utf8) + Array("1;".utf8) + [0xE9] + Array(";kapot;2001-02-03\n".utf8)
        let first = try await trial.validate(latin, "in.csv", isGzip: false)
        let rejects = try #require(first.rejects)
        #expect(Array(rejects.prefix(3)) == mark)
        let lines = String(decoding: rejects, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasSuffix("1;é;kapot;2001-02-03"), "\(lines)")
        #expect(lines.last?.hasSuffix("2;漢 é;kapot;2001-02-03") == true, "\(lines)")
    }

    private static func fields(_ row: Int, _ dialect: Dialect, _ rng: inout SeededRNG) -> [String] {
        var name = ["Jansen", dialect.special, " x ", "O'Brien"].randomElement(using: &rng) ?? ""
        if dialect.quote.isEmpty { return ["\(row)", name, "p\(row)@post.example", "2001-02-03"] }
        name +=
            ["", dialect.delimiter, dialect.quote, "a\nb", "\(dialect.quote)\(dialect.quote)c"]
            .randomElement(using: &rng) ?? ""
        return ["\(row)", name, "p\(row)@post.example", "2001-02-03"]
    }

    /// The fields with something wrong.
    private static func spoilt(_ fields: [String], _ dialect: Dialect, _ rng: inout SeededRNG) -> [String] {
        var fields = fields
        switch Int.random(in: 0..<5, using: &rng) {
        case 0: fields[2] = "nobody"
        case 1: fields[2] = ""
        case 2: fields[3] = "2001-02-30"
        case 3: fields.append("more")
        default: fields.removeLast()
        }
        return fields
    }
}

/// Dry runs of one pipeline over several files.
private final class Trial {
    struct Result {
        let outcome: PipelineOutcome
        /// The targets of each valid row.
        let accepted: [String]
        let rejects: [UInt8]?
    }

    private let fixture: Fixture
    private let source: (String) -> String

    init(_ source: @escaping (String) -> String) throws {
        fixture = try Fixture()
        self.source = source
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(fixture.folder)/\(name)"))
    }

    func validate(_ bytes: [UInt8], _ name: String, isGzip: Bool) async throws -> Result {
        let path = "\(fixture.folder)/\(name)" + (isGzip ? ".gz" : "")
        var file = try OutputFile(path: path)
        try file.write(bytes)
        _ = try file.finish(rows: 0)
        let definition = try fixture.pipeline(
            """
            pipeline: people
            key: nr
            source:
              \(source((path as NSString).lastPathComponent))
            transforms:
              - map:
                  nummer:  nr
                  naam:    { from: naam, apply: [trim] }
                  mail:    mail
                  geboren: { from: geboren, date: { from: yyyy-MM-dd, to: dd-MM-yyyy } }
              - validate: { mail: [required, email] }
            sink:
              ndjson: { path: out.ndjson }
            """)
        let seen = Mutex<[String]>([])
        let outcome = try await Validation.run(
            definition, options: RunOptions(), places: fixture.places,
            environment: RunEnvironment(time: fixture.time, stop: StopSignal(), seed: Hash128(high: 1, low: 2)),
            observe: { judged in
                let batch = judged.batch
                for row in 0..<judged.rowCount where batch.states[row] == .live {
                    let values = ["nummer", "naam", "mail", "geboren"].map { batch.text(row: row, column: $0) ?? "" }
                    seen.withLock { $0.append(values.joined(separator: "\u{1F}")) }
                }
            })
        #expect(outcome.balance.holds)
        return Result(
            outcome: outcome, accepted: seen.withLock { $0 },
            rejects: try outcome.rejects.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) })
    }
}
