/// The name that was probably meant: equal but for case and blanks, else within a small edit distance; `nil` when none is.
func nearestName(to name: String, among names: [String]) -> String? {
    let wanted = folded(name)
    if let same = names.first(where: { folded($0) == wanted }) { return same }
    let limit = max(1, wanted.count / 3)
    let distances = names.map { ($0, editDistance(folded($0), wanted)) }
    guard let best = distances.min(by: { $0.1 < $1.1 }), best.1 <= limit else { return nil }
    return best.0
}

private func folded(_ name: String) -> [UInt8] {
    name.lowercased().utf8.filter { !" _-.".utf8.contains($0) }
}

/// Insertions, deletions and replacements of bytes between two names.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var previous = Array(0...right.count)
    for (row, byte) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            let replaced = previous[column] + (byte == other ? 0 : 1)
            current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[right.count]
}
