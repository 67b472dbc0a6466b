/// Hides what a value says and keeps its shape, which is what a form error can be seen by.
enum Mask {
    /// Digits become `9`, signs and blanks of ASCII stay, everything else becomes `x`.
    static func masked(_ text: some StringProtocol) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: out += "9"
            case 0x41...0x5A, 0x61...0x7A: out += "x"
            case ..<0x80: out.unicodeScalars.append(scalar)
            default: out += "x"
            }
        }
        return out
    }
}
