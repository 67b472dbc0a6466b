import Pipelines
import Testing

/// Pipeline files for tests, in which `‸` stands before the place that a problem must name.
enum Marked {
    /// The text without its marker, and where that was.
    static func split(_ text: String) -> (text: String, mark: Mark?) {
        var mark = Mark(line: 1, column: 1)
        var found: Mark?
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "‸" {
                found = mark
                continue
            }
            out.append(scalar)
            mark.column += 1
            if scalar == "\n" { mark = Mark(line: mark.line + 1, column: 1) }
        }
        return (String(out), found)
    }

    /// A whole pipeline file around one part of interest.
    static func file(
        head: String = "pipeline: p\nkey: nr", source: String = "csv: { path: in.csv }",
        transforms: String = "- map: { nr: nr }", sink: String = "csv: { path: out.csv }", tail: String = ""
    ) -> String {
        "\(head)\nsource:\n\(indent(source))\ntransforms:\n\(indent(transforms))\nsink:\n\(indent(sink))\n\(tail)"
    }

    static func customers(map: String, rest: String = "", sink: String = "{ match: [email] }") -> String {
        let needed = "visibility: { const: account }\nbusiness: { const: \"1\" }\ncompany_name: bedrijf\nemail: email"
        return file(
            transforms: "- map:\n\(indent(indent(needed + "\n" + map)))\(rest.isEmpty ? "" : "\n" + rest)",
            sink: "salesdock.customers: \(sink)")
    }

    static func indent(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
    }
}

/// A file that must be refused, or warned about, at one place and for no other reason.
struct BadFile: Sendable, CustomTestStringConvertible {
    var name: String
    var yaml: String
    var fragments: [String]
    var severity: Diagnostic.Severity

    init(_ name: String, _ yaml: String, _ fragments: String..., severity: Diagnostic.Severity = .error) {
        self.name = name
        self.yaml = yaml
        self.fragments = fragments
        self.severity = severity
    }

    var testDescription: String { name }
}
