/// Turns UTF-8 into a source's encoding, the way back from `TextDecoder`.
///
/// What the encoding has no byte for becomes `?`. UTF-8 is passed through as it is, well-formed or not.
struct TextEncoder: Sendable {
    let encoding: TextEncoding
    private let bytes: [UInt32: UInt8]

    init(_ encoding: TextEncoding) {
        self.encoding = encoding
        var bytes: [UInt32: UInt8] = [:]
        for (index, scalar) in SingleByteTable.scalars(of: encoding).enumerated() {
            bytes[scalar] = UInt8(truncatingIfNeeded: 0x80 + index)
        }
        self.bytes = bytes
    }

    /// What a file in this encoding begins with so that it is read back as such; empty for single-byte encodings.
    var byteOrderMark: [UInt8] {
        switch encoding {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .utf16, .utf16LE: [0xFF, 0xFE]
        case .utf16BE: [0xFE, 0xFF]
        case .latin1, .latin9, .windows1252: []
        }
    }

    func encode(_ text: ArraySlice<UInt8>, into output: inout [UInt8]) {
        switch encoding {
        case .utf8: output.append(contentsOf: text)
        case .latin1, .latin9, .windows1252:
            for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
                let value = scalar.value
                output.append(
                    value < 0x80 ? UInt8(truncatingIfNeeded: value) : bytes[value] ?? UInt8(ascii: "?"))
            }
        case .utf16, .utf16LE, .utf16BE:
            for unit in String(decoding: text, as: UTF8.self).utf16 {
                let (low, high) = (UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8))
                output.append(contentsOf: encoding == .utf16BE ? [high, low] : [low, high])
            }
        }
    }
}
