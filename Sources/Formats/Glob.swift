internal import Glibc

/// The files that a pattern with `*`, `?` or `[…]` names, sorted by bytes; a path without these names itself.
///
/// - Parameters:
///   - base: the folder that a relative pattern starts from.
/// - Throws: `unreadable` when a pattern matches no file.
public func expandGlob(_ pattern: String, base: String) throws(FormatError) -> [String] {
    if pattern == "-" { return [pattern] }
    let isRelative = !pattern.hasPrefix("/")
    guard pattern.contains(where: { "*?[".contains($0) }) else {
        return [isRelative ? joined(base, pattern) : pattern]
    }
    // The base is a path as it is: a bracket in a folder's name is no pattern.
    let full = isRelative ? joined(escapedForGlob(base), pattern) : pattern
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    let status = unsafe glob(full, 0, nil, &found)
    guard status == 0 || status == GLOB_NOMATCH else {
        throw FormatError(.unreadable, "the folders of this pattern can't be read", file: pattern)
    }
    // Safe because glob filled in as many paths as it says, each ending in a NUL.
    let paths = (0..<Int(unsafe found.gl_pathc)).compactMap { index in
        unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
    }
    guard !paths.isEmpty else {
        throw FormatError(.unreadable, "no file matches this pattern (looked in \(base))", file: pattern)
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

private func joined(_ base: String, _ path: String) -> String { base.hasSuffix("/") ? base + path : base + "/" + path }

private func escapedForGlob(_ path: String) -> String {
    path.reduce(into: "") { escaped, character in
        if "*?[\\".contains(character) { escaped.append("\\") }
        escaped.append(character)
    }
}
