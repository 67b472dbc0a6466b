import Formats
import Foundation
import Pipelines
import Records
import Salesdock
import Synchronization
import TestSupport
import Testing

@testable import Runs

@Suite struct DryRunTests {
    /// What a dry run leaves behind.
    private struct Result: Equatable {
        var balance: Balance
        var problems: [String: Int]
        var warnings: Int
        var rejects: String?
        var accepted: String?
        var observed: [String] = []
    }

    private let pipelines = [
        // Keys are compared by their contents.
        """
        pipeline: klanten
        key: nr
        source: { csv: { path: klanten.csv, delimiter: ";" } }
        transforms:
          - map:
              business: { const: "0" }
              visibility: { const: account }
              lastname: { from: naam, apply: [trim] }
              email: { from: mail, apply: [trim, lowercase] }
          - filter: "lastname != 'weg'"
          - validate: { email: [required, email], lastname: [{ max_length: 6, severity: warning }] }
        sink:
          salesdock.customers: { match: [email], existing: update }
        """,
        // A dedupe that ends the list, by another field than the key.
        """
        pipeline: klanten
        key: nr
        source: { csv: { path: klanten.csv, delimiter: ";" } }
        transforms:
          - map: { lastname: naam, email: { from: mail, apply: [trim, lowercase] } }
          - validate: { email: [email] }
          - dedupe: { by: [email], keep: first }
        sink: { ndjson: { path: uit.ndjson } }
        """,
        // Stages behind a dedupe that keeps the last row.
        """
        pipeline: klanten
        key: nr
        source: { csv: { path: klanten.csv, delimiter: ";" } }
        transforms:
          - dedupe: { by: [mail], keep: last }
          - map: { lastname: naam, email: { from: mail, apply: [trim, lowercase] } }
          - validate: { email: [email] }
        sink: { ndjson: { path: uit.ndjson } }
        """,
        // A dedupe by the key decides what two rows of one key come to.
        """
        pipeline: klanten
        key: nr
        source: { csv: { path: klanten.csv, delimiter: ";" } }
        transforms:
          - dedupe: { by: [nr] }
        sink: { ndjson: { path: uit.ndjson } }
        """,
    ]

    private func csv(_ random: inout SeededRNG, rows: Int) -> String {
        var text = "nr;naam;mail\n"
        for _ in 0..<rows {
            let nr =
                ["", " ", " 7 ", "\(Int.random(in: 1...rows, using: &random))"].randomElement(using: &random) ?? ""
            let naam = ["Bos", "weg", "Van der Berg", "\"De \"\"B\"\"\nJong\"", "5\" pijp", "café", ""]
            let mail = ["A@post.example ", "geen adres", "", "b\(Int.random(in: 1...9, using: &random))@post.example"]
            text +=
                nr + ";" + (naam.randomElement(using: &random) ?? "") + ";"
                + (mail.randomElement(using: &random) ?? "")
                + (["\n", "\n", "\n", ";te veel\n", "\r\n", "\n\n"].randomElement(using: &random) ?? "\n")
        }
        return text
    }

    /// The same records in another form: the line of each in JSON, or its element.
    private func records(_ random: inout SeededRNG, rows: Int, isXML: Bool) -> String {
        var text = isXML ? "<export>\n" : ""
        for _ in 0..<rows {
            let nr = ["", " 7 ", "\(Int.random(in: 1...rows, using: &random))"].randomElement(using: &random) ?? ""
            let mail =
                ["A@post.example ", "geen adres", "b\(Int.random(in: 1...9, using: &random))@post.example"]
                .randomElement(using: &random) ?? ""
            if isXML {
                let naam = ["Bos", "weg", "caf\u{E9}", "Bos &amp; Zn", "<![CDATA[De <B>]]>", "", "Van <!-- x --> Dam"]
                text += "<klant><nr>\(nr)</nr><naam>\(naam.randomElement(using: &random) ?? "")</naam>"
                text += ["", " ", "\n\n"].randomElement(using: &random) ?? ""
                text += "<mail>\(mail)</mail></klant>\n"
            } else {
                let naam = [#""Bos""#, #""weg""#, #""café""#, #""De \"B\"\nJong""#, "null", "12", #"["a"]"#, "kapot"]
                let pair = [#""nr":"\#(nr)""#, #""naam":\#(naam.randomElement(using: &random) ?? "")"#]
                let members = Bool.random(using: &random) ? pair : pair.reversed()
                text += "{\(members.joined(separator: ",")),\"mail\":\"\(mail)\"}"
                text += ["\n", "\n", "\r\n", "\n\n"].randomElement(using: &random) ?? "\n"
            }
        }
        return text + (isXML ? "</export>\n" : "")
    }

    private func dryRun(
        _ definition: PipelineDefinition, _ folder: URL, _ change: (inout RunOptions) -> Void
    ) async throws -> Result {
        var options = RunOptions()
        options.keepsAccepted = true
        change(&options)
        let environment = RunEnvironment(time: SystemTime(), stop: StopSignal(), seed: Hash128(high: 3, low: 4))
        let seen = Mutex<[String]>([])
        let outcome = try await Validation.run(
            definition, options: options,
            places: RunPlaces(ledger: "", reports: folder.path, state: folder.path), environment: environment
        ) { judged in
            for row in 0..<judged.rowCount {
                let (number, state) = (judged.batch.origins[row].row, judged.batch.states[row])
                let survivor = judged.survivors[row]
                seen.withLock { $0.append("\(number) \(state) \(survivor ?? 0)") }
            }
        }
        defer {
            for path in [outcome.rejects, outcome.accepted] {
                if let path { try? FileManager.default.removeItem(atPath: path) }
            }
        }
        return Result(
            balance: outcome.balance, problems: outcome.problems, warnings: outcome.warnings,
            rejects: try outcome.rejects.map { try String(contentsOfFile: $0, encoding: .utf8) },
            accepted: try outcome.accepted.map { try String(contentsOfFile: $0, encoding: .utf8) },
            observed: seen.withLock { $0 })
    }

    /// The same by way of drafts, row by row, as a run reads.
    private func survey(_ definition: PipelineDefinition, _ folder: URL, rowsMax: Int?) throws -> Result {
        let prepared = try PreparedPipeline(
            definition,
            environment: RunEnvironment(time: SystemTime(), stop: StopSignal(), seed: Hash128(high: 1, low: 2)),
            spoolFolder: { [path = folder.path] in path })
        var account = RowAccount(
            rejects: prepared.rejects(RunPlaces(ledger: "", reports: folder.path, state: "")), notes: nil)
        var stream = try prepared.stream(
            prepared.startState(rowsMax: rowsMax, stop: StopSignal()), keepsRaw: true, rowsMax: rowsMax)
        _ = try Survey.read(
            &stream, prepared.sink, nil, account: &account, whenGood: .valid
        ) { _ in true }
        let (balance, problems, warnings) = (account.balance, account.problems, account.warnings)
        let rejects = try account.finish()
        defer { if let rejects { try? FileManager.default.removeItem(atPath: rejects) } }
        return Result(
            balance: balance, problems: problems, warnings: warnings,
            rejects: try rejects.map { try String(contentsOfFile: $0, encoding: .utf8) }, accepted: nil)
    }

    @Test(arguments: UInt64(1)...6)
    func `any number of workers and any size of blocks give the same, which row by row gives too`(seed: UInt64)
        async throws
    {
        var random = SeededRNG(seed: seed)
        let folder = FileManager.default.temporaryDirectory.appending(path: "dry-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try csv(&random, rows: 120).write(to: folder.appending(path: "klanten.csv"), atomically: true, encoding: .utf8)
        for text in pipelines {
            let (decoded, diagnostics) = PipelineDecoder.decode(
                text: text, file: folder.appending(path: "klanten.yaml").path, environment: [:])
            let definition = try #require(decoded, "\(diagnostics)")
            for limit in [nil, 50] {
                let whole = try await dryRun(definition, folder) { ($0.workers, $0.rowsMax) = (1, limit) }
                #expect(whole.balance.holds && whole.observed.count == whole.balance.read, "seed \(seed)")
                #expect(whole.accepted?.split(separator: "\n").count ?? 0 == whole.balance[.valid], "seed \(seed)")
                for (workers, rows, bytes) in [(1, 7, 64), (2, 3, 100), (3, 1, 1), (4, 50, 1000)] {
                    let cut = try await dryRun(definition, folder) { options in
                        (options.workers, options.blockRows, options.blockBytes) = (workers, rows, bytes)
                        options.rowsMax = limit
                    }
                    #expect(cut == whole, "seed \(seed), \(workers) workers, \(rows) rows, \(bytes) bytes")
                }
                var plain = try survey(definition, folder, rowsMax: limit)
                (plain.accepted, plain.observed) = (whole.accepted, whole.observed)
                #expect(plain == whole, "seed \(seed)")
            }
        }
    }

    @Test(arguments: [false, true], UInt64(1)...2)
    func `JSON lines and XML, too, are the same for any number of workers and any size of blocks`(
        isXML: Bool, seed: UInt64
    ) async throws {
        var random = SeededRNG(seed: seed)
        let folder = FileManager.default.temporaryDirectory.appending(path: "dry-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try records(&random, rows: 90, isXML: isXML)
            .write(to: folder.appending(path: "klanten"), atomically: true, encoding: .utf8)
        let source =
            isXML
            ? "xml: { path: klanten, record: /export/klant, fields: { nr: nr, naam: naam, mail: mail } }"
            : "ndjson: { path: klanten }"
        for text in pipelines {
            let (decoded, diagnostics) = PipelineDecoder.decode(
                text: text.replacing(#"csv: { path: klanten.csv, delimiter: ";" }"#, with: source),
                file: folder.appending(path: "klanten.yaml").path, environment: [:])
            let definition = try #require(decoded, "\(diagnostics)")
            let whole = try await dryRun(definition, folder) { $0.workers = 1 }
            #expect(whole.balance.read == 90 && whole.balance[.valid] > 0 && whole.rejects != nil, "seed \(seed)")
            for (workers, rows, bytes) in [(2, 3, 100), (3, 1, 1), (8, 50, 1000)] {
                let cut = try await dryRun(definition, folder) { options in
                    (options.workers, options.blockRows, options.blockBytes) = (workers, rows, bytes)
                }
                #expect(cut == whole, "seed \(seed), \(workers) workers, \(rows) rows, \(bytes) bytes")
            }
        }
    }

    @Test func `the first reading for the last of several rows obeys a stop, and the outcome tells of it`() async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dry-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "nr;naam;mail\n1;Bos;a@post.example\n".write(
            to: folder.appending(path: "klanten.csv"), atomically: true, encoding: .utf8)
        let stop = StopSignal()
        stop.stop(.terminated)
        for text in pipelines {
            let (decoded, _) = PipelineDecoder.decode(
                text: text, file: folder.appending(path: "klanten.yaml").path, environment: [:])
            let definition = try #require(decoded)
            let outcome = try await Validation.run(
                definition, options: RunOptions(),
                places: RunPlaces(ledger: "", reports: folder.path, state: folder.path),
                environment: RunEnvironment(time: SystemTime(), stop: stop, seed: Hash128(high: 3, low: 4)))
            #expect(outcome.exit == .terminated)
            #expect(outcome.messages.contains { $0.contains("stopped") })
            if text.contains("keep: last") { #expect(outcome.balance.read == 0) }
        }
    }
}
