import Records

/// A report for build servers: a suite for the pipeline, and a case that fails for every kind of problem.
public struct JUnitReport {
    private let report: ValidationReport
    private let texts: IssueTexts

    /// The test suite of a report; made when its bytes are asked for.
    public init(_ report: ValidationReport) {
        self.report = report
        texts = IssueTexts(report.settings.language)
    }

    /// The document, in UTF-8.
    public var bytes: [UInt8] {
        let errors = report.problems.filter { $0.severity == .error }
        let failures = errors.count + openFates.count + (report.messages.isEmpty ? 0 : 1)
        let tests = max(1, report.problems.count + openFates.count + (report.messages.isEmpty ? 0 : 1))
        let name = escaped(report.settings.pipeline)
        let counts = "tests=\"\(tests)\" failures=\"\(failures)\" errors=\"0\" skipped=\"0\""
        let time = Quantity.moment(unixSeconds: report.unixSeconds).dropLast()
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"\(verb)\" \(counts)>\n"
        xml += "  <testsuite name=\"\(name)\" timestamp=\"\(time)\" \(counts)>\n"
        xml += "    <properties>\n"
        xml += "      <property name=\"balance\" value=\"\(escaped(report.balance.equation))\"/>\n"
        xml += "    </properties>\n"
        if report.problems.isEmpty, report.messages.isEmpty, openFates.isEmpty {
            let verdict = ReportTexts.of(report.settings.language).verdict(report)
            xml += "    <testcase classname=\"\(name)\" name=\"\(escaped(verdict))\"/>\n"
        }
        if !report.messages.isEmpty {
            xml += "    <testcase classname=\"\(name)\" name=\"run\">\n"
            xml += "      <failure message=\"\(escaped(report.messages.joined(separator: "; ")))\"/>\n"
            xml += "    </testcase>\n"
        }
        for group in report.problems { xml += testCase(group, name) }
        for (fate, count) in openFates {
            xml += "    <testcase classname=\"\(name)\" name=\"\(fate.rawValue)\">\n"
            xml += "      <failure type=\"\(fate.rawValue)\" message=\"\(escaped(sentence(fate, count)))\"/>\n"
            xml += "    </testcase>\n"
        }
        xml += "  </testsuite>\n</testsuites>\n"
        return Array(xml.utf8)
    }

    private var verb: String { report.run == nil ? "dockhand validate" : "dockhand run" }

    /// Rows of a run that are not done, without a problem of their own that says why.
    private var openFates: [(fate: Fate, count: Int)] {
        guard report.run != nil else { return [] }
        return [Fate.parked, .failed, .inDoubt, .pending].map { ($0, report.balance[$0]) }.filter { $0.1 > 0 }
    }

    private func sentence(_ fate: Fate, _ count: Int) -> String {
        let language = report.settings.language
        let name = ReportTexts.of(language).fates[fate.rawValue] ?? fate.rawValue
        return "\(fate == .pending ? RunTexts.of(language).notDone : name): \(language.number(count))"
    }

    private func testCase(_ group: ProblemGroup, _ suite: String) -> String {
        let entry = texts.text(group.code)
        let place = [group.code, group.column ?? group.field].compactMap(\.self).joined(separator: " ")
        let title = escaped("\(entry?.title ?? group.message) (\(group.count))")
        let places = group.samples.map { sample in
            let value = sample.value.map { ": \($0)" } ?? ""
            let files = report.source.files
            let file = files.indices.contains(sample.file) ? files[sample.file].name : ""
            return "\(file):\(sample.line) (row \(sample.row))\(value)"
        }
        let body = escaped(([entry?.remedy ?? ""] + places).joined(separator: "\n"), keepsLines: true)
        let element = group.severity == .error ? "failure" : "system-out"
        let attributes = group.severity == .error ? " type=\"\(escaped(group.code))\" message=\"\(title)\"" : ""
        return "    <testcase classname=\"\(suite)\" name=\"\(escaped(place))\">\n"
            + "      <\(element)\(attributes)>\(body)</\(element)>\n    </testcase>\n"
    }

    private func escaped(_ text: String, keepsLines: Bool = false) -> String {
        let lines = keepsLines ? text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) : [text]
        return lines.map { line in
            var out = ""
            for scalar in VisibleText.visible(line).unicodeScalars {
                switch scalar {
                case "&": out += "&amp;"
                case "<": out += "&lt;"
                case ">": out += "&gt;"
                case "\"": out += "&quot;"
                case "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
                default: out.unicodeScalars.append(scalar)
                }
            }
            return out
        }.joined(separator: "\n")
    }
}
