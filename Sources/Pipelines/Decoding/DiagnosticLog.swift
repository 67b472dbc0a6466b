/// Problems found so far in one file.
struct DiagnosticLog {
    let file: String
    private(set) var diagnostics: [Diagnostic] = []
    private var seen: Set<Diagnostic> = []

    init(file: String) { self.file = file }

    mutating func report(_ message: String, at place: YAMLNode.Place, _ severity: Diagnostic.Severity = .error) {
        let text = place.flag.map { "--set \($0): \(message)" } ?? message
        report(text, at: place.flag == nil ? place.mark : nil, severity)
    }

    mutating func report(_ message: String, at mark: Mark?, _ severity: Diagnostic.Severity = .error) {
        let diagnostic = Diagnostic(severity, file: file, mark: mark, message: message)
        // A value behind an alias is visited once for each use.
        guard seen.insert(diagnostic).inserted else { return }
        diagnostics.append(diagnostic)
    }

    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// In the order of the file; those without a place first.
    var sorted: [Diagnostic] {
        diagnostics.enumerated().sorted { a, b in
            let places = (a.element.mark ?? Mark(line: 0, column: 0), b.element.mark ?? Mark(line: 0, column: 0))
            return places.0 == places.1 ? a.offset < b.offset : places.0 < places.1
        }.map(\.element)
    }
}
