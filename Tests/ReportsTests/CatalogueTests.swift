import Foundation
import Records
import Testing

@testable import Reports

/// Whatever can be wrong with a row is said in every language.
@Suite struct CatalogueTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func `every language has the same codes`() {
        let codes = IssueTexts(.english).codes
        for language in Language.allCases { #expect(IssueTexts(language).codes == codes) }
    }

    @Test func `every code of the sources has a text`() throws {
        var found: Set<String> = []
        let folder = Self.root.appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        // Codes that end a run, and so never reach a report of rows.
        let runLevel: Set = ["field.missing", "dedupe.max_keys"]
        for case let file as URL in files where file.pathExtension == "swift" {
            if file.path.contains("/SalesdockEmulator/") || file.path.contains("/Reports/") { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /code:\s*"([a-z_.]+)"/) { found.insert(String(match.1)) }
            for match in text.matches(of: /case \.\w+: "((?:salesdock\.)?[a-z_]+)"/)
            where file.path.contains("Check")
                || file.path.hasSuffix("RulesStage.swift")
            { found.insert(String(match.1)) }
            for match in text.matches(of: /report\(failures, "([a-z_.]+)"/) { found.insert(String(match.1)) }
        }
        #expect(found.count > 25, "\(found)")
        #expect(found.subtracting(runLevel).subtracting(IssueTexts(.english).codes) == [])
    }

    @Test func `every code of the documentation has a text, and the other way`() throws {
        let text = try String(
            contentsOf: Self.root.appendingPathComponent("docs/pipelines.md"), encoding: .utf8)
        let section = try #require(text.range(of: "## Issue codes")).upperBound
        var documented: Set<String> = []
        var family = ""
        for match in text[section...].matches(of: /`(\.?[a-z][a-z_.]*)`/) {
            let code = String(match.1)
            if let dot = code.firstIndex(of: "."), dot != code.startIndex { family = String(code[..<dot]) }
            documented.insert(code.hasPrefix(".") ? family + code : code)
        }
        let codes = IssueTexts(.english).codes
        #expect(codes.subtracting(documented) == [])
        #expect(documented.filter { $0.contains(".") }.subtracting(codes) == [])
    }

    @Test(arguments: Language.allCases) func `a text is a sentence, with its particulars or without`(language: Language)
    {
        let texts = IssueTexts(language)
        for code in texts.codes {
            guard let entry = texts.text(code) else { continue }
            #expect(!entry.title.contains("{") && !entry.title.hasSuffix("."), "\(code)")
            #expect(entry.remedy.hasSuffix(".") || entry.remedy.hasSuffix("\"."), "\(code)")
            #expect(!entry.message([]).contains("{"), "\(code)")
            #expect(!entry.message(["a", "b", "c"]).contains("{"), "\(code)")
            #expect(entry.message(["", "", ""]) == entry.title || entry.detail == entry.title, "\(code)")
        }
    }

    @Test func `what guards and stops say can be said in Dutch`() throws {
        var found: [String: Int] = [:]
        for folder in ["Runs", "dockhand"] {
            let files = try #require(
                FileManager.default.enumerator(
                    at: Self.root.appendingPathComponent("Sources/\(folder)"), includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /"((?:guard|stopped|assumed|input|run)\.[a-z_]+)"/) {
                    found[String(match.1)] = 1
                }
            }
        }
        #expect(found.count > 12)
        #expect(Set(NoticeTexts.dutch.keys) == Set(found.keys))
        let notice = Notice("guard.max_errors", "too many", arguments: ["21", "300", "5%"])
        let said = NoticeTexts.messages(["too many", "other"], [notice], .dutch)
        #expect(said[0].hasPrefix("21 van de 300 rijen zijn afgekeurd, meer dan max_errors 5% toestaat"))
        #expect(said[1] == "other" && NoticeTexts.messages(["too many"], [notice], .english) == ["too many"])
    }

    @Test func `every word has both languages`() {
        let (english, dutch) = (ReportTexts.english, ReportTexts.dutch)
        #expect(Set(english.fates.keys) == Set(dutch.fates.keys) && english.fates.count == Fate.allCases.count)
        #expect(english.months.count == 12 && dutch.months.count == 12)
        #expect(english.problemColumns.count == dutch.problemColumns.count)
        #expect(Set(RunTexts.english.waits.keys) == Set(RunFacts.waitNames))
        #expect(Set(RunTexts.dutch.waits.keys) == Set(RunFacts.waitNames))
        #expect(Set(RunTexts.english.outcomes.keys) == Set(RunTexts.dutch.outcomes.keys))
        #expect(Set(PlanTexts.english.actions.keys) == Set(PlanTexts.dutch.actions.keys))
        // Each sentence names the same things, and no language was forgotten.
        for (one, other) in [
            (Mirror(reflecting: english), Mirror(reflecting: dutch)),
            (Mirror(reflecting: RunTexts.english), Mirror(reflecting: RunTexts.dutch)),
            (Mirror(reflecting: PlanTexts.english), Mirror(reflecting: PlanTexts.dutch)),
        ] {
            for (left, right) in zip(one.children, other.children) {
                func places(_ value: Any) -> Set<String> {
                    Set("\(value)".matches(of: /\{\d\}/).map { String($0.0) })
                }
                #expect(!"\(left.value)".isEmpty && !"\(right.value)".isEmpty, "\(left.label ?? "")")
                #expect(places(left.value) == places(right.value), "\(left.label ?? "")")
            }
        }
    }

    @Test(arguments: [
        (["LANG": "nl_NL.UTF-8"], Language.dutch), (["LANG": "en_US.UTF-8"], .english), ([:], .english),
        (["LC_ALL": "C", "LANG": "nl_NL"], .english), (["LC_ALL": "", "LC_MESSAGES": "nl_BE"], .dutch),
    ])
    func `the locale decides`(environment: [String: String], language: Language) {
        #expect(Language(environment: environment) == language)
    }

    @Test func `numbers and shares as people write them`() {
        #expect([0, 999, 4812, 1_234_567].map(Language.english.number) == ["0", "999", "4,812", "1,234,567"])
        #expect(Language.dutch.number(1_234_567) == "1.234.567")
        #expect(Language.dutch.share(1, of: 8) == "12,5%")
        #expect(Language.english.share(1, of: 1_000_000) == "< 0.1%")
        #expect(Language.english.share(999_999, of: 1_000_000) == "> 99.9%")
        #expect(Language.english.share(5, of: 5) == "100%" && Language.english.share(0, of: 5) == "0%")
        #expect(Language.english.share(0, of: 0) == "–")
        #expect(ReportTexts.dutch.duration(seconds: 59) == "minder dan een minuut")
        #expect(ReportTexts.english.duration(seconds: 61) == "2 minutes")
        #expect(ReportTexts.english.duration(seconds: 7260) == "2 h 1 min")
        #expect(ReportTexts.english.size(999) == "999 bytes" && ReportTexts.dutch.size(1_536_000) == "1,5 MB")
        #expect(ReportTexts.dutch.moment(unixSeconds: 1_700_000_000) == "14 november 2023, 22:13 UTC")
    }
}
