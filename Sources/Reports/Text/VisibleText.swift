/// Makes text of a source fit to be looked at: nothing in it can break a line, hide, or turn the direction of what
/// follows.
enum VisibleText {
    /// The text with control, format and separator characters as signs that stand for them.
    static func visible(_ text: some StringProtocol) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return String(text) }
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": out += "⏎"
            case "\r": out += "␍"
            case "\t": out += "⇥"
            case _ where isHidden(scalar): out += "⟨U+\(hex(scalar.value))⟩"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// The first scalars of some UTF-8, without decoding more than needed.
    ///
    /// - Parameter scalarsMax: in Unicode scalars, which a combining character is one of too.
    static func prefix(_ bytes: ArraySlice<UInt8>, scalarsMax: Int) -> String {
        // A scalar has four bytes at most; a cut one at the end would become a replacement character.
        let head = bytes.prefix(scalarsMax * 4)
        let text = String(decoding: head, as: UTF8.self)
        return String(text.unicodeScalars.prefix(scalarsMax))
    }

    /// The last scalars of some UTF-8.
    static func suffix(_ bytes: ArraySlice<UInt8>, scalarsMax: Int) -> String {
        let tail = bytes.suffix(scalarsMax * 4).drop { $0 & 0xC0 == 0x80 }
        let text = String(decoding: tail, as: UTF8.self)
        return String(text.unicodeScalars.suffix(scalarsMax))
    }

    /// Unicode scalars in some UTF-8.
    static func scalarCount(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if 0x20..<0x7F ~= scalar.value { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: return true
        case .unassigned: return scalar.properties.isNoncharacterCodePoint
        default: return scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
