import Foundation
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
