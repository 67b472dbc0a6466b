/// A piece of a filter expression.
struct FilterToken {
    enum Kind: Equatable {
        case name(String)
        case quotedName(String)
        case text(String)
        case number(String)
        case symbol(String)
        case end
    }

    var kind: Kind
    /// In characters from the start of the expression.
    var offset: Int
}

/// Cuts a filter expression into tokens.
struct FilterLexer {
    /// Longest expression, in characters.
    static let lengthMax = 10_000

    private let characters: [Character]
    private var at = 0
    private var tokens: [FilterToken] = []

    static func tokens(_ text: String) throws(FilterError) -> [FilterToken] {
        var lexer = FilterLexer(characters: Array(text))
        if lexer.characters.count > lengthMax {
            throw FilterError(offset: lengthMax, message: "the expression is longer than \(lengthMax) characters")
        }
        while try lexer.next() {}
        lexer.tokens.append(FilterToken(kind: .end, offset: lexer.characters.count))
        return lexer.tokens
    }

    private init(characters: [Character]) { self.characters = characters }

    private mutating func next() throws(FilterError) -> Bool {
        while at < characters.count, characters[at].isWhitespace { at += 1 }
        guard at < characters.count else { return false }
        let start = at
        let character = characters[at]
        let kind: FilterToken.Kind
        switch character {
        case "'", "\"": kind = .text(try quoted(character))
        case "`": kind = .quotedName(try quoted(character))
        case _ where Self.isDigit(character): kind = .number(run { Self.isDigit($0) || $0 == "." })
        case "-" where isDigit(at + 1):
            at += 1
            kind = .number("-" + run { Self.isDigit($0) || $0 == "." })
        case _ where character.isLetter || character == "_": kind = .name(name())
        default: kind = .symbol(try symbol())
        }
        tokens.append(FilterToken(kind: kind, offset: start))
        return true
    }

    /// Not a range of characters, which a digit with an accent would lie in.
    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private func isDigit(_ index: Int) -> Bool { index < characters.count && Self.isDigit(characters[index]) }

    private mutating func run(_ belongs: (Character) -> Bool) -> String {
        let start = at
        while at < characters.count, belongs(characters[at]) { at += 1 }
        return String(characters[start..<at])
    }

    private mutating func name() -> String {
        let name = run { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "@" }
        if at + 1 < characters.count, characters[at] == "[", characters[at + 1] == "]" {
            at += 2
            return name + "[]"
        }
        return name
    }

    private mutating func quoted(_ quote: Character) throws(FilterError) -> String {
        let start = at
        var text = ""
        at += 1
        while at < characters.count, characters[at] != quote {
            // A backslash stands for itself unless it escapes a quote or a backslash: patterns are full of them.
            if characters[at] == "\\", at + 1 < characters.count, characters[at + 1] == quote { at += 1 }
            text.append(characters[at])
            at += 1
        }
        guard at < characters.count else { throw FilterError(offset: start, message: "the \(quote) is not closed") }
        at += 1
        return text
    }

    private mutating func symbol() throws(FilterError) -> String {
        let start = at
        for symbol in ["==", "!=", "<=", ">=", "&&", "||"] where has(symbol) {
            at += 2
            return symbol
        }
        for (wrong, right) in [("<>", "!="), ("=", "=="), ("&", "&&"), ("|", "||")] where has(wrong) {
            throw FilterError(offset: start, message: "there is no '\(wrong)'; did you mean '\(right)'?")
        }
        let character = characters[at]
        guard "<>!()[],".contains(character) else {
            throw FilterError(
                offset: start,
                message: "'\(character)' has no meaning here; put text in quotes, and a field name with special "
                    + "characters in backticks")
        }
        at += 1
        return String(character)
    }

    private func has(_ text: String) -> Bool { characters[at...].starts(with: text) }
}
