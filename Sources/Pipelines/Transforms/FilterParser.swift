/// Builds the tree of a filter expression by recursive descent.
struct FilterParser {
    /// Deepest nesting of parentheses and `!`.
    static let depthMax = 100

    private let tokens: [FilterToken]
    private var at = 0
    private var depth = 0
    private(set) var fields: [String] = []

    private static let words = ["in", "matches", "contains", "starts_with", "ends_with", "empty"]

    init(_ tokens: [FilterToken]) { self.tokens = tokens }

    mutating func parse() throws(FilterError) -> FilterNode {
        if token.kind == .end { throw problem("the expression is empty; write a condition such as city == 'Utrecht'") }
        let node = try either()
        if token.kind == .end { return node }
        if case .name(let name) = token.kind, Self.isWordOperator(name) { throw wordOperator(name) }
        throw unexpected("nothing more, or && or ||")
    }

    private var token: FilterToken { tokens[at] }

    private mutating func take(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        at += 1
        return true
    }

    private mutating func either() throws(FilterError) -> FilterNode {
        var node = try both()
        while take("||") { node = .or(node, try both()) }
        return node
    }

    private mutating func both() throws(FilterError) -> FilterNode {
        var node = try unary()
        while take("&&") { node = .and(node, try unary()) }
        return node
    }

    private mutating func unary() throws(FilterError) -> FilterNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw problem("the expression is nested more than \(Self.depthMax) deep") }
        if take("!") { return .not(try unary()) }
        if take("(") {
            let node = try either()
            guard take(")") else { throw unexpected("')'") }
            return node
        }
        if token.kind == .name("empty"), tokens[at + 1].kind == .symbol("(") { return try empty() }
        return try comparison()
    }

    private mutating func empty() throws(FilterError) -> FilterNode {
        at += 2
        let operand = try operand()
        guard case .field = operand else { throw problem("empty(…) takes a field name") }
        guard take(")") else { throw unexpected("')'") }
        return .empty(operand)
    }

    private mutating func comparison() throws(FilterError) -> FilterNode {
        let left = try operand()
        switch token.kind {
        case .symbol(let text), .name(let text):
            if let comparison = FilterOperator(rawValue: text) {
                at += 1
                return .compare(comparison, left, try operand())
            }
            if text == "in" { return try membership(left) }
            if text == "matches" { return try pattern(left) }
        default: break
        }
        throw missingOperator()
    }

    private mutating func membership(_ left: FilterOperand) throws(FilterError) -> FilterNode {
        at += 1
        guard take("[") else { throw unexpected("a list such as ['a', 'b']") }
        var items: [[UInt8]] = []
        repeat {
            switch token.kind {
            case .text(let text), .number(let text): items.append(Array(text.utf8))
            default: throw unexpected("text in quotes")
            }
            at += 1
        } while take(",")
        guard take("]") else { throw unexpected("',' or ']'") }
        return .oneOf(left, items)
    }

    private mutating func pattern(_ left: FilterOperand) throws(FilterError) -> FilterNode {
        at += 1
        guard case .text(let text) = token.kind else { throw unexpected("a regular expression in quotes") }
        do {
            let pattern = try TextPattern(text)
            at += 1
            return .matches(left, pattern)
        } catch {
            throw problem(error.message)
        }
    }

    private mutating func operand() throws(FilterError) -> FilterOperand {
        let kind = token.kind
        switch kind {
        case .text(let text):
            at += 1
            return .text(Array(text.utf8))
        case .number(let text):
            guard DecimalBound(text) != nil else { throw problem("'\(text)' is not a number") }
            at += 1
            return .number(Array(text.utf8))
        case .name(let name):
            if Self.isWordOperator(name) { throw wordOperator(name) }
            at += 1
            return field(name)
        case .quotedName(let name):
            at += 1
            return field(name)
        default: throw unexpected("a field, text in quotes or a number")
        }
    }

    private mutating func field(_ name: String) -> FilterOperand {
        if let index = fields.firstIndex(of: name) { return .field(index) }
        fields.append(name)
        return .field(fields.count - 1)
    }

    private func missingOperator() -> FilterError {
        if case .name(let name) = token.kind {
            if Self.isWordOperator(name) { return wordOperator(name) }
            if let near = Spelling.nearest(to: name, in: Self.words) {
                return problem("there is no operator '\(name)'; did you mean '\(near)'?")
            }
        }
        if token.kind == .end || token.kind == .symbol(")") || token.kind == .symbol("&&")
            || token.kind == .symbol("||")
        {
            return problem("a field alone is no condition; compare it, as in active == '1', or write !empty(field)")
        }
        return unexpected("an operator: == != < <= > >= in matches contains starts_with ends_with")
    }

    private static func isWordOperator(_ name: String) -> Bool { ["and", "or", "not"].contains(name.lowercased()) }

    private func wordOperator(_ name: String) -> FilterError {
        let symbols = ["and": "&&", "or": "||", "not": "!"]
        return problem("there is no '\(name)'; did you mean '\(symbols[name.lowercased()] ?? "&&")'?")
    }

    private func unexpected(_ wanted: String) -> FilterError {
        let found =
            switch token.kind {
            case .name(let text), .quotedName(let text), .number(let text), .symbol(let text): "'\(text)'"
            case .text(let text): "the text '\(text)'"
            case .end: "the end of the expression"
            }
        return problem("expected \(wanted), found \(found)")
    }

    private func problem(_ message: String) -> FilterError { FilterError(offset: token.offset, message: message) }
}
