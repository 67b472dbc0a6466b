import ExactJSON
import Foundation
import Pipelines
import Records
import TestSupport
import Testing

@testable import Runs

/// The values that a plan is made of, without Salesdock.
@Suite struct PlanValueTests {
    private static func record(_ rng: inout SeededRNG) -> RecordPlan {
        func text() -> String { ["", "é", "\"", "x\ny", "\u{1F}", "1"].randomElement(using: &rng) ?? "" }
        func value() -> JSONValue {
            [JSONValue.null, .string(text()), ["$ref": ["customers", .string(text())]], [1, "2"], false]
                .randomElement(using: &rng) ?? .null
        }
        var record = RecordPlan(
            RecordPlan.Action.allCases.randomElement(using: &rng) ?? .create, row: Int.random(in: 1...9, using: &rng),
            line: 3, key: text())
        record.remoteID = Bool.random(using: &rng) ? 7 : nil
        record.requests = (0..<Int.random(in: 0...2, using: &rng)).map {
            PlannedRequest(step: $0, call: text(), method: "PUT", path: text(), body: ["a": value(), "b": value()])
        }
        record.changes = [
            FieldChange(field: text(), was: .string(text()), becomes: Bool.random(using: &rng) ? "x" : nil)
        ]
        record.drift = [FieldChange(field: "d", was: nil, becomes: "y")]
        record.isGone = Bool.random(using: &rng)
        record.emailsCustomer = Bool.random(using: &rng)
        record.seen = ["a": text(), "b": nil]
        record.problems = [.init(code: "c", field: nil, message: text(), value: text())]
        return record
    }

    @Test func `a record is read as it was written`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var rng = SeededRNG(seed: seed)
        for _ in 0..<200 {
            let record = Self.record(&rng)
            let read = RecordPlan(try JSONParser.parse(record.json.bytes))
            #expect(read == record, "seed \(seed)")
        }
    }

    @Test func `a masked record holds no value`() throws {
        var record = RecordPlan(.update, row: 1, line: 2, key: "K1")
        record.requests = [
            PlannedRequest(
                step: 0, call: "c", method: "PUT", path: "p", body: ["a": ["b": ["geheim", 12]], "n": .null])
        ]
        record.changes = [FieldChange(field: "f", was: "geheim", becomes: nil)]
        record.drift = [FieldChange(field: "f", was: "geheim", becomes: "geheim")]
        record.seen = ["f": "geheim"]
        record.problems = [.init(code: "c", message: "m", value: "geheim")]
        let text = record.masked.json.text
        #expect(!text.contains("geheim") && !text.contains("12"))
        #expect(text.contains("K1") && record.masked.changes[0].becomes == nil)
    }

    @Test func `symbols become ids where they are known`() {
        let reference = PlanSymbol.reference(pipeline: "customers", key: "1")
        let lookup = PlanSymbol.lookup(LookupSpec(kind: .suppliers, by: "identifier"), value: "x")
        let body: JSONValue = ["a": reference.json, "b": [lookup.json, ["$ref": "no symbol"]], "c": ["$ref": ["1"]]]
        let filled = PlanSymbol.fill(body) { $0 == reference ? 5 : nil }
        #expect(filled == ["a": 5, "b": [lookup.json, ["$ref": "no symbol"]], "c": ["$ref": ["1"]]])
        #expect(PlanSymbol(lookup.json) == lookup)
    }

    @Test func `a duplicate has an id when the row that stands for it gets one, wherever that row is`() {
        var parents = PlannedParents(seed: Hash128(high: 1, low: 2))
        parents.begin("customers")
        parents.takeDuplicate("early", ofRow: 70)
        parents.take("known", row: 1, isNew: false, of: "customers")
        parents.take("new", row: 70, isNew: true, of: "customers")
        parents.takeDuplicate("late", ofRow: 1)
        parents.takeDuplicate("lost", ofRow: 2)
        #expect(!parents.contains("early", of: "customers"))
        parents.end("customers")
        let keys = ["early", "known", "new", "late", "lost"]
        #expect(keys.map { parents.contains($0, of: "customers") } == [true, false, true, true, false])
        #expect(!parents.contains("new", of: "products"))
    }

    @Test func `drift is what somebody wrote, not how Salesdock writes it`() {
        let applied = [
            JSONObject([("postcode", "1234AB"), ("phone", "0612345678"), ("city", "Delft"), ("suffix", "a")])
        ]
        func drift(_ fields: [String: String?], allowing: [JSONObject] = []) -> [String] {
            RemoteSight.fields(fields).drift(from: applied, allowing: allowing).map(\.field)
        }
        #expect(drift(["postcode": "1234 ab", "phone": "+31612345678", "city": "Delft", "other": "x"]) == [])
        #expect(drift(["postcode": "1234AC", "city": nil]) == ["city", "postcode"])
        #expect(drift(["city": "Gouda"], allowing: [JSONObject([("city", "Gouda")])]) == [])
        #expect(RemoteSight.unread.drift(from: applied) == [])
        let sight = RemoteSight.fields(["city": "Gouda", "suffix": nil])
        #expect(sight.changes(since: ["city": "Delft", "suffix": "", "gone": "x"], allowing: []) == ["city"])
    }

    @Test func `a plan's file is whole, or refused`() throws {
        let path = NSTemporaryDirectory() + "plan-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let section = PlanSection(
            pipeline: "customers", definition: "d", host: "h", domain: "demo", isHostAssumed: false, ledger: nil,
            lastRun: 0, refresh: .list, refreshedAt: 5, seed: Hash128(high: 7, low: 8), rowsMax: 3)
        var writer = try PlanWriter(path: path, madeAtUnixSeconds: 1)
        try writer.begin(section)
        for row in [1, 3] { try writer.write(RecordPlan(.create, row: row, line: row, key: "k\(row)")) }
        try writer.end(section)
        let digest = try writer.finish()
        let plan = try Plan(path: path)
        #expect(plan.digest == digest && plan.sections == [section])
        var records = try PlannedRecords(plan, pipeline: "customers")
        #expect(try records.record(row: 1)?.key == "k1")
        #expect(try records.record(row: 2) == nil)
        #expect(try records.record(row: 3)?.key == "k3")

        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var broken = [String(text.dropLast(80)), text.replacing("k3", with: "k4"), text + text, ""]
        broken.append(lines.indices.filter { $0 != 2 }.map { lines[$0] }.joined(separator: "\n"))
        broken.append(text.replacing(#""dockhand_plan":1"#, with: #""dockhand_plan":2"#))
        for text in broken {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: RunError.self) { try Plan(path: path) }
        }
    }
}
