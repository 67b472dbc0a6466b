internal import Records

/// The problems that a record can have in its form, before anybody looks at its values.
extension Issue {
    static func ragged(expected: Int, found: Int) -> Issue {
        let cause =
            found > expected
            ? "quote values that hold the delimiter" : "the line may be cut, or a line end stand inside a value"
        return Issue(
            code: "csv.ragged", message: "expected \(expected) fields, found \(found); \(cause)",
            arguments: ["\(expected)", "\(found)"])
    }

    static func textAfterQuote(field: String?) -> Issue {
        Issue(
            code: "csv.quote", field: field,
            message: "there is text after a closing quote; double the quotes inside a quoted value")
    }

    static func unterminatedQuote(field: String?, line: Int, max: Int) -> Issue {
        Issue(
            code: "csv.unterminated_quote", field: field,
            message: "the quote that opens on line \(line) is not closed before the end of the file or within "
                + "\(max) bytes; reading went on at the line after it", arguments: ["\(line)"])
    }

    static func nulByte(field: String?, byteOffset: Int) -> Issue {
        Issue(
            code: "csv.nul", field: field,
            message: "there is a NUL byte at byte \(byteOffset); is the file damaged, or UTF-16 without a BOM?",
            arguments: ["\(byteOffset)"])
    }

    static func recordTooLarge(bytes: Int, line: Int, max: Int) -> Issue {
        Issue(
            code: "record.too_large",
            message: "the record on line \(line) has \(bytes) bytes, at most \(max) are allowed; it was skipped",
            arguments: ["\(bytes)", "\(max)"])
    }

    static func invalidEncoding(_ encoding: TextEncoding, field: String?, byteOffset: Int) -> Issue {
        Issue(
            code: "encoding.invalid", field: field,
            message: "the bytes at byte \(byteOffset) are not \(encoding.rawValue) text; declare the file's encoding",
            arguments: [encoding.rawValue, "\(byteOffset)"])
    }

    static func undefinedByte(_ encoding: TextEncoding, field: String?, byteOffset: Int) -> Issue {
        Issue(
            code: "encoding.undefined", field: field,
            message: "the byte at byte \(byteOffset) is undefined in \(encoding.rawValue); declare the file's encoding",
            arguments: [encoding.rawValue, "\(byteOffset)"])
    }
}
