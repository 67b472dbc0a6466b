import Synchronization

/// A declared regular expression, compiled. It must match somewhere in a text, so `^` and `$` make it match the whole.
///
/// The common subset (literals, `.`, classes, groups, alternation, repeats, `^ $`) becomes a table-driven automaton over
/// bytes; everything else that Swift's regex engine takes runs there, slower. In both, characters are Unicode scalars,
/// and `\d`, `\w` and `\s` are ASCII.
public struct TextPattern: Sendable {
    private enum Matcher: Sendable {
        case automaton(PatternDFA)
        case engine(RegexEngine)
    }

    /// The expression as written.
    public let text: String
    private let matcher: Matcher

    /// - Throws: `PatternProblem` when the expression is not valid.
    public init(_ text: String) throws(PatternProblem) {
        self.text = text
        if PatternSize.parts(of: text) > PatternSize.partsMax {
            throw PatternProblem(
                message:
                    "the repeats of the regular expression '\(text)' multiply to more than \(PatternSize.partsMax) parts; nest fewer of them"
            )
        }
        if let node = try? PatternParser.parse(text), let nfa = PatternNFA(node), let dfa = PatternDFA(nfa) {
            matcher = .automaton(dfa)
        } else {
            matcher = .engine(try RegexEngine(text))
        }
    }

    /// Whether the expression runs as an automaton.
    package var isAutomaton: Bool { automaton != nil }

    /// For whoever matches many texts, so that it is taken out once.
    var automaton: PatternDFA? { if case .automaton(let dfa) = matcher { dfa } else { nil } }

    /// Whether the pattern matches somewhere in a text.
    public func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return matches(bytes.span, 0..<bytes.count)
    }

    func matches(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        switch matcher {
        case .automaton(let dfa): dfa.matches(bytes, range)
        case .engine(let engine): engine.matches(TextBytes.string(bytes, range))
        }
    }
}

/// Swift's regex engine behind a lock, since its expressions may not be shared freely.
private final class RegexEngine: Sendable {
    private let regex: Mutex<Regex<AnyRegexOutput>>

    init(_ text: String) throws(PatternProblem) {
        do {
            let regex = try Regex(text)
                .matchingSemantics(.unicodeScalar).asciiOnlyDigits().asciiOnlyWordCharacters().asciiOnlyWhitespace()
            self.regex = Mutex(regex)
        } catch {
            throw PatternProblem(message: "the regular expression '\(text)' is not valid: \(error)")
        }
    }

    func matches(_ text: String) -> Bool { regex.withLock { (try? $0.firstMatch(in: text)) != nil } }
}
