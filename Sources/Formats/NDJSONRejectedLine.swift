internal import ExactJSON

/// A line of a rejects file that holds a record as text, since it was no JSON object when it was rejected:
/// `{"_row":…,"_line":…,"_field":…,"_code":…,"_message":…,"_raw":"…"}`.
enum NDJSONRejectedLine {
    static let rawName = "_raw"

    private static let start = Array(#"{"_row":"#.utf8)

    /// The record's text; `nil` for any other line.
    static func record(in line: Span<UInt8>) -> [UInt8]? {
        guard line.count > start.count, start.indices.allSatisfy({ line[$0] == start[$0] }) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.count)
        for index in line.indices { bytes.append(line[index]) }
        guard case .object(let object)? = try? JSONParser.parse(bytes),
            object.members.map(\.name) == NDJSONColumns.rejectColumns + [rawName],
            case .string(let raw)? = object.members.last?.value
        else { return nil }
        return Array(raw.utf8)
    }
}
