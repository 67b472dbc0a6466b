internal import ExactJSON

/// The columns of an NDJSON source that names no fields: the members of its first record.
struct NDJSONColumns {
    /// Levels of nested objects that become dotted columns; deeper ones are one column of JSON.
    static let depthMax = 3
    /// The columns that a rejects file puts before a record's own.
    static let rejectColumns = ["_row", "_line", "_field", "_code", "_message"]

    /// Dotted paths, unique, in the order of the record.
    let paths: [String]
    /// Whether the record is a line of a rejects file, whose leading members were left out.
    let hasRejectColumns: Bool

    /// - Returns: `nil` for a record without members, or one that is no JSON object.
    init?(firstRecord: some Collection<UInt8>) {
        guard case .object(let record)? = try? JSONParser.parse(Array(firstRecord)), !record.isEmpty else { return nil }
        var members = record.members[...]
        hasRejectColumns = members.prefix(Self.rejectColumns.count).map(\.name) == Self.rejectColumns
        if hasRejectColumns { members = members.dropFirst(Self.rejectColumns.count) }
        var seen: Set<String> = []
        paths = Self.flatten(members, prefix: "", depth: 1).filter { seen.insert($0).inserted }
    }

    private static func flatten(_ members: ArraySlice<JSONObject.Member>, prefix: String, depth: Int) -> [String] {
        members.flatMap { member in
            if depth < depthMax, let object = member.value.object, !object.isEmpty {
                return flatten(object.members[...], prefix: prefix + member.name + ".", depth: depth + 1)
            }
            return [prefix + member.name]
        }
    }
}
