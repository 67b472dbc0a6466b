/// `${NAME}` and `${NAME:-default}` in values; `$$` is a dollar sign.
struct EnvironmentVariables {
    let environment: [String: String]

    /// The tree with variables replaced in every value of the file; those from flags were the shell's to expand.
    func expand(_ root: YAMLNode, into log: inout DiagnosticLog) -> YAMLNode {
        var problems: [(String, YAMLNode.Place)] = []
        let expanded = root.mapScalars { scalar, place in
            guard place.flag == nil, !scalar.isBroken, scalar.text.contains("$") else { return scalar }
            var copy = scalar
            var found: [String] = []
            copy.text = expand(scalar.text, problems: &found)
            copy.isBroken = !found.isEmpty
            if copy.text != scalar.text { copy.textMark = nil }
            problems += found.map { ($0, place) }
            return copy
        }
        for (problem, place) in problems { log.report(problem, at: place) }
        return expanded
    }

    /// Deepest nesting of defaults.
    static let depthMax = 16

    private func expand(_ text: some StringProtocol, depth: Int = 0, problems: inout [String]) -> String {
        if depth > Self.depthMax {
            problems.append("defaults of environment variables are nested more than \(Self.depthMax) deep")
            return ""
        }
        var out = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            out += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            switch rest.first {
            case "$":
                out += "$"
                rest = rest.dropFirst()
            case "{":
                guard let end = Self.end(ofReference: rest) else {
                    problems.append("'${' is not closed; write $${ for the text itself")
                    return out
                }
                out += value(of: rest[rest.index(after: rest.startIndex)..<end], depth: depth, problems: &problems)
                rest = rest[rest.index(after: end)...]
            default: out += "$"
            }
        }
        return out + rest
    }

    /// The brace that closes the first one; a default may hold references of its own.
    private static func end(ofReference text: Substring) -> Substring.Index? {
        var depth = 0
        var isAfterDollar = false
        for index in text.indices {
            let character = text[index]
            if character == "{", index == text.startIndex || isAfterDollar { depth += 1 }
            if character == "}" {
                depth -= 1
                if depth == 0 { return index }
            }
            // `$$` is a dollar sign, which opens nothing.
            isAfterDollar = character == "$" && !isAfterDollar
        }
        return nil
    }

    private func value(of reference: Substring, depth: Int, problems: inout [String]) -> String {
        let name = reference.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
        let rest = reference.dropFirst(name.count)
        guard let first = name.first, !first.isNumber, rest.isEmpty || rest.hasPrefix(":-") else {
            problems.append("after '${' an environment variable is named; write $${ for the text itself")
            return ""
        }
        let value = environment[String(name)]
        if rest.hasPrefix(":-") {
            if let value, !value.isEmpty { return value }
            return expand(rest.dropFirst(2), depth: depth + 1, problems: &problems)
        }
        if value == nil {
            problems.append(
                "the environment variable \(name) is not set; set it, or give a default: ${\(name):-default}")
        }
        return value ?? ""
    }
}
