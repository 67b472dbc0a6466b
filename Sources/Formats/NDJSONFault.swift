/// What is wrong with one line of NDJSON, and where in it.
struct NDJSONFault: Error, Equatable {
    enum Reason: String {
        case empty = "a value is missing; the line ends too early"
        case notAnObject = "the line is not an object; each line must hold one JSON object"
        case list = "the line is a list; each line must hold one JSON object (`jq -c '.[]'` makes lines of a list)"
        case value = "expected a value"
        case name = "expected a member name in double quotes"
        case colon = "expected ':' after a member name"
        case memberEnd = "expected ',' or '}' after a member"
        case elementEnd = "expected ',' or ']' after a list element"
        case unclosedObject = "an object is not closed; the line ends too early"
        case unclosedList = "a list is not closed; the line ends too early"
        case unclosedString = "a string is not closed; the line ends too early"
        case afterObject = "something follows the object; each line must hold one JSON object"
        case number = "a number is not written as JSON demands"
        case leadingZero = "a number has a leading zero"
        case nul = "a NUL character; the file may be UTF-16 or binary"
        case control = "a control character in a string must be escaped"
        case escape = "unknown escape in a string"
        case hex = "\\u must be followed by four hexadecimal digits"
        case surrogate = "a surrogate stands alone in a \\u escape"
        case utf8 = "not valid UTF-8"
        case utf16 = "not valid UTF-16"
        case depth = "lists and objects are nested more than 128 deep"
        case length = "a value is longer than 512 MiB"
    }

    let reason: Reason
    /// Bytes from the start of the line.
    let position: Int

    /// A row's issue, with the column in characters as editors count it.
    func message(line: ArraySlice<UInt8>) -> String {
        let before = line.prefix(position)
        let column = before.count { $0 & 0xC0 != 0x80 } + 1
        return "not valid JSON at column \(column): \(reason.rawValue)"
    }
}
