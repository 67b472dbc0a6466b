import Foundation
import Runs

/// The environment that pipelines and connection see.
enum EnvironmentFile {
    /// The process's own variables, over those of a file.
    ///
    /// - Throws: `RunError` when the file can't be read or has a line that is no `KEY=VALUE`.
    static func environment(_ file: String?) throws -> [String: String] {
        let process = ProcessInfo.processInfo.environment
        guard let file else { return process }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw RunError(.usage, "--env-file: \(file) can't be read")
        }
        return try parse(text, file: file).merging(process) { _, process in process }
    }

    /// Lines `KEY=VALUE`, perhaps after `export`, perhaps with the value in quotes; `#` begins a comment line. Messages
    /// never quote a line: it may hold a token.
    static func parse(_ text: String, file: String) throws -> [String: String] {
        var variables: [String: String] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            var rest = line.trimmingCharacters(in: .whitespaces)
            if rest.isEmpty || rest.hasPrefix("#") { continue }
            if rest.hasPrefix("export ") { rest = rest.dropFirst(7).trimmingCharacters(in: .whitespaces) }
            let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
            guard let first = name.first, !first.isNumber, rest.dropFirst(name.count).first == "=" else {
                throw RunError(.usage, "\(file):\(index + 1): error: not a KEY=VALUE line")
            }
            variables[String(name)] = unquoted(rest.dropFirst(name.count + 1))
        }
        return variables
    }

    private static func unquoted(_ value: Substring) -> String {
        for quote: Character in ["\"", "'"] where value.count >= 2 && value.first == quote && value.last == quote {
            return String(value.dropFirst().dropLast())
        }
        return String(value)
    }
}
