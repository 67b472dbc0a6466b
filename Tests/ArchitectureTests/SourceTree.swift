import Foundation

/// A Swift source file of the package.
struct SourceFile: Sendable, CustomStringConvertible {
    let module: String
    /// Below the module's folder.
    let path: String
    let lines: [String]
    /// The lines without comments and without the contents of string literals: what the gates look at.
    ///
    /// Braces in literals and words in comments do not count. Interpolations go with their literal.
    let code: [String]

    var description: String { "\(module)/\(path)" }

    init(module: String, path: String, text: String) {
        self.module = module
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var stripper = LiteralStripper()
        code = lines.map { stripper.strip($0) }
    }

    /// Indices of the lines on which a match of a pattern in the code begins. `Regex` would take seconds over all sources.
    func codeLines(matching pattern: String) throws -> [Int] {
        let expression = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
        let text = code.joined(separator: "\n")
        var found: [Int] = []
        var (line, end) = (0, code[0].utf16.count)
        for match in expression.matches(in: text, range: NSRange(location: 0, length: text.utf16.count)) {
            while match.range.location > end {
                line += 1
                end += 1 + code[line].utf16.count
            }
            if found.last != line { found.append(line) }
        }
        return found
    }
}

/// The package's own sources.
enum SourceTree {
    static let root =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Sources"

    /// Every Swift file below `Sources`, read once.
    static func files() throws -> [SourceFile] { try cached.get() }

    private static let cached = Result { try read() }

    private static func read() throws -> [SourceFile] {
        try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }.sorted().map {
            path in
            let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
            let text = try String(contentsOfFile: root + "/" + path, encoding: .utf8)
            return SourceFile(module: parts[0], path: parts[1], text: text)
        }
    }
}

/// Takes comments and contents of literals out of Swift source, line by line.
private struct LiteralStripper {
    private var isInBlock = false
    private var isInText = false

    mutating func strip(_ line: String) -> String {
        if !isInBlock, !isInText, !line.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "/") }) {
            return line
        }
        var code = ""
        var rest = Array(line)[...]
        while let character = rest.first {
            if isInText {
                guard rest.starts(with: "\"\"\"") else {
                    rest = rest.dropFirst()
                    continue
                }
                isInText = false
                rest = rest.dropFirst(3)
            } else if isInBlock {
                isInBlock = !rest.starts(with: "*/")
                rest = rest.dropFirst(isInBlock ? 1 : 2)
            } else if rest.starts(with: "//") {
                break
            } else if rest.starts(with: "/*") {
                isInBlock = true
                rest = rest.dropFirst(2)
            } else if rest.starts(with: "\"\"\"") {
                isInText = true
                rest = rest.dropFirst(3)
            } else if rest.starts(with: "#\"") {
                rest = Self.afterRaw(rest.dropFirst(2))
                code += "\"\""
            } else if character == "\"" {
                rest = Self.afterLiteral(rest.dropFirst())
                code += "\"\""
            } else {
                code.append(character)
                rest = rest.dropFirst()
            }
        }
        return code
    }

    private static func afterRaw(_ text: ArraySlice<Character>) -> ArraySlice<Character> {
        var rest = text
        while !rest.isEmpty, !rest.starts(with: "\"#") { rest = rest.dropFirst() }
        return rest.dropFirst(2)
    }

    /// After the quote that closes; quotes inside an interpolation do not.
    private static func afterLiteral(_ text: ArraySlice<Character>) -> ArraySlice<Character> {
        var rest = text
        while let character = rest.first, character != "\"" {
            if rest.starts(with: "\\(") {
                rest = afterInterpolation(rest.dropFirst(2))
            } else {
                rest = rest.dropFirst(character == "\\" ? 2 : 1)
            }
        }
        return rest.dropFirst()
    }

    private static func afterInterpolation(_ text: ArraySlice<Character>) -> ArraySlice<Character> {
        var rest = text
        var depth = 1
        while let character = rest.first {
            rest = rest.dropFirst()
            switch character {
            case "(": depth += 1
            case ")":
                depth -= 1
                if depth == 0 { return rest }
            case "\"": rest = afterLiteral(rest)
            default: break
            }
        }
        return rest
    }
}
