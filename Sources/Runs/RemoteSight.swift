import ExactJSON
import Pipelines

/// What was seen of a record in Salesdock.
enum RemoteSight: Sendable, Equatable {
    /// Nobody looked, or it can't be told.
    case unread
    /// It is not there any more.
    case gone
    /// Its fields by the names that are used in writing; a field that was not shown is not there.
    case fields([String: String?])

    var fields: [String: String?]? { if case .fields(let fields) = self { fields } else { nil } }

    /// Whether Salesdock carries every value of a payload already.
    func carries(_ payload: JSONValue, tariffs: JSONValue?) -> Bool {
        guard let fields else { return false }
        return [payload, tariffs].allSatisfy { part in
            guard let ours = part?.object else { return true }
            let isCarried = PayloadPaths.leaves(ours).allSatisfy {
                $0.value.isEmptyStructure || ((fields[$0.path] ?? nil) != nil && $0.value.scalarText != nil)
            }
            return isCarried && FieldComparison.conflicts(ours: ours, remote: fields).isEmpty
        }
    }

    /// Fields that somebody has edited since they were written: what was written, and what is there.
    ///
    /// - Parameters:
    ///   - applied: what is known to have been written, step by step.
    ///   - allowing: values that are as good, such as those about to be written.
    func drift(from applied: [JSONObject], allowing: [JSONObject] = []) -> [FieldChange] {
        guard let fields else { return [] }
        let allowed = Dictionary(grouping: allowing.flatMap { PayloadPaths.leaves($0) }, by: \.path)
        var seen: Set<String> = []
        var changes: [FieldChange] = []
        for (name, ours) in applied.flatMap({ PayloadPaths.leaves($0) }) where seen.insert(name).inserted {
            guard let theirs = fields[name], let written = ours.scalarText else { continue }
            if Self.isSame(written, theirs, name) { continue }
            if allowed[name]?.contains(where: { Self.isSame($0.value.scalarText, theirs, name) }) == true { continue }
            changes.append(FieldChange(field: name, was: ours, becomes: theirs.map(JSONValue.string)))
        }
        return changes.sorted { $0.field < $1.field }
    }

    /// Fields that are not as they were seen before, nor as they are about to be written.
    func changes(since seen: [String: String?], allowing: [JSONObject]) -> [String] {
        guard let fields else { return [] }
        let allowed = Dictionary(grouping: allowing.flatMap { PayloadPaths.leaves($0) }, by: \.path)
        return seen.keys.sorted().filter { name in
            guard let now = fields[name] else { return false }
            if Self.isSame(seen[name] ?? nil, now, name) { return false }
            return allowed[name]?.contains { Self.isSame($0.value.scalarText, now, name) } != true
        }
    }

    private static func isSame(_ a: String?, _ b: String?, _ field: String) -> Bool {
        let (a, b) = (a ?? "", b ?? "")
        if a.isEmpty || b.isEmpty { return a.allSatisfy(\.isWhitespace) && b.allSatisfy(\.isWhitespace) }
        return FieldComparison.areEqual(a, b, field: field)
    }
}

extension JSONValue {
    /// An object or list that is sent because it must be there, and says nothing.
    fileprivate var isEmptyStructure: Bool { object?.members.isEmpty ?? array?.isEmpty ?? false }
}
