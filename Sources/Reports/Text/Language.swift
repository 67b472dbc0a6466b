/// The languages that reports are written in.
public enum Language: String, Sendable, Hashable, CaseIterable {
    case english = "en"
    case dutch = "nl"

    /// The language of a locale's environment: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set decides.
    public init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        self = locale.lowercased().hasPrefix("nl") ? .dutch : .english
    }

    /// A whole number with its thousands apart: `4,812`, in Dutch `4.812`.
    public func number(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(self == .dutch ? "." : ",") }
            text.append(digit)
        }
        return text
    }

    /// A part of a whole as a percentage with one decimal; what is not nothing is never shown as nothing, and what is
    /// not everything never as everything.
    public func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        let tenths = Int((Double(part) * 1000 / Double(whole)).rounded())
        if part > 0, tenths == 0 { return "< \(decimal(tenths: 1))%" }
        if part < whole, tenths >= 1000 { return "> \(decimal(tenths: 999))%" }
        return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(decimal(tenths: tenths))%"
    }

    private func decimal(tenths: Int) -> String { "\(tenths / 10)\(self == .dutch ? "," : ".")\(tenths % 10)" }
}
