import ArgumentParser

/// An option's value that is one of some words.
///
/// The parser would find the same answers by key paths and reflection, which it does at every start and which takes a tenth
/// of it.
protocol Choice: ExpressibleByArgument, CaseIterable, RawRepresentable<String> {}

extension Choice {
    static var allValueStrings: [String] { allCases.map { $0.rawValue } }

    static var allValueDescriptions: [String: String] { [:] }

    var defaultValueDescription: String { rawValue }
}
