/// How long files and functions may get. The bounds only ever go down.
struct SizeGate {
    static let fileLinesMax = 420
    static let functionLinesMax = 70

    static func violations(_ file: SourceFile) throws -> [String] {
        var found: [String] = []
        if file.lines.count > fileLinesMax + 1 { found.append("\(file): \(file.lines.count - 1) lines") }
        for function in try functions(file) where function.lines > functionLinesMax {
            found.append("\(file):\(function.start): a function of \(function.lines) lines")
        }
        return found
    }

    /// Where functions, initialisers and subscripts begin, and how many lines they take, by counting braces.
    static func functions(_ file: SourceFile) throws -> [(start: Int, lines: Int)] {
        try file.codeLines(matching: #"\b(func\s+\S|init[?]?\s*[(<]|deinit\b|subscript\s*[(<])"#)
            .compactMap { start in body(file.code, from: start).map { (start + 1, $0 - start + 1) } }
    }

    /// The line on which the body that begins at or after `start` ends; nil for a requirement or a call.
    private static func body(_ code: [String], from start: Int) -> Int? {
        var depth = 0
        var parentheses = 0
        for index in start..<code.count {
            // A declaration's head is over after an empty line, or when the next declaration begins.
            if depth == 0, parentheses <= 0, index > start, code[index].contains(/^\s*($|\}|func |var |let |init)/) {
                return nil
            }
            for byte in code[index].utf8 {
                switch byte {
                case UInt8(ascii: "("): parentheses += 1
                case UInt8(ascii: ")"): parentheses -= 1
                case UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "}"):
                    depth -= 1
                    if depth == 0 { return index }
                    if depth < 0 { return nil }
                default: break
                }
            }
        }
        return nil
    }
}
