@_spi(_Unicode) import Swift

extension TextOperation {
    /// Runs the operation on one value. Only text that is not ASCII ever becomes a `String`, and of that only what
    /// needs Unicode's tables.
    func run(_ bytes: Span<UInt8>, _ range: Range<Int>, _ out: inout [UInt8]) -> CellEdit {
        switch self {
        case .trim: .slice(TextBytes.trimmed(bytes, range))
        case .lowercase: Self.write(TextBytes.string(bytes, range).lowercased(), &out)
        case .uppercase: Self.write(TextBytes.string(bytes, range).uppercased(), &out)
        case .removeSpaces: Self.replaceSpaces(bytes, range, &out, by: nil)
        case .collapseSpaces: Self.replaceSpaces(bytes, range, &out, by: UInt8(ascii: " "))
        case .digitsOnly: Self.digits(bytes, range, &out)
        case .nfc: Self.compose(bytes, range, &out)
        }
    }

    private static func write(_ text: String, _ out: inout [UInt8]) -> CellEdit {
        out.append(contentsOf: text.utf8)
        return .written
    }

    /// Removes each run of white space, or puts one byte in its place.
    private static func replaceSpaces(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ out: inout [UInt8], by replacement: UInt8?
    ) -> CellEdit {
        if TextBytes.isVisibleASCII(bytes, range) { return .slice(range) }
        var index = range.lowerBound
        while index < range.upperBound, TextBytes.whitespace(bytes, at: index, end: range.upperBound) == 0 {
            index += 1
        }
        if index == range.upperBound { return .slice(range) }
        let start = out.grow(by: range.count)
        var at = start
        var target = out.mutableSpan
        for earlier in range.lowerBound..<index {
            target[at] = bytes[earlier]
            at &+= 1
        }
        var isInRun = false
        while index < range.upperBound {
            let length = TextBytes.whitespace(bytes, at: index, end: range.upperBound)
            if length == 0 || !isInRun && replacement != nil {
                target[at] = length == 0 ? bytes[index] : replacement ?? 0
                at &+= 1
            }
            isInRun = length > 0
            index &+= max(length, 1)
        }
        out.removeLast(start + range.count - at)
        return .written
    }

    private static func digits(_ bytes: Span<UInt8>, _ range: Range<Int>, _ out: inout [UInt8]) -> CellEdit {
        for index in range where bytes[index].isDigit { out.append(bytes[index]) }
        return .written
    }

    private static func compose(_ bytes: Span<UInt8>, _ range: Range<Int>, _ out: inout [UInt8]) -> CellEdit {
        if TextBytes.isASCII(bytes, range) { return .slice(range) }
        for scalar in TextBytes.string(bytes, range)._nfc {
            out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        return .written
    }
}
