/// *Did you mean* for names.
enum Spelling {
    /// Most names that a message lists.
    private static let listedMax = 15

    /// The candidate that `name` is most likely a slip of, if one is near enough to be worth naming.
    static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
        let wanted = name.lowercased()
        let most = max(1, min(3, wanted.count / 3))
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(Array(wanted), Array(candidate.lowercased()))
            if distance <= most, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// `; did you mean 'x'?`, or the allowed names when none is near.
    static func hint(for name: String, in candidates: [String], what: String = "allowed") -> String {
        if let near = nearest(to: name, in: candidates) { return "; did you mean '\(near)'?" }
        if candidates.isEmpty { return "" }
        let rest = candidates.count > listedMax ? ", …" : ""
        return "; \(what): \(candidates.prefix(listedMax).joined(separator: ", "))\(rest)"
    }

    /// Edits between two names: insert, delete, replace, or swap two neighbours.
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        if abs(a.count - b.count) > 3 { return abs(a.count - b.count) }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
