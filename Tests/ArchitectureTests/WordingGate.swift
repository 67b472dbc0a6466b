/// What no source says.
struct WordingGate {
    /// What is looked for in code, and the modules and files where it may stand all the same.
    static let banned: [(name: String, pattern: String, exempt: Set<String>)] = [
        ("try!", #"\btry!"#, []),
        ("fatalError", #"\bfatalError\s*\("#, []),
        ("print outside the command line", #"(^|[^\w.])print\s*\("#, ["dockhand"]),
        (
            "an unstructured task",
            #"\bTask(\s*<[^>]*>)?\s*(\(.*\)\s*)?\{|\bTask\.(detached|immediate)\b|\bTask\.init\b"#, []
        ),
        // A lock on a file is waited for in a system call one way or the other.
        (
            "sleeping threads", #"\b(usleep|Thread\.sleep)\b"#,
            ["Salesdock/SharedFile.swift", "Ledgers/FileLock.swift"]
        ),
    ]

    /// Files outside Records and Formats that call the system with pointers.
    static let pointerFiles: Set = [
        "Salesdock/POSIXFile.swift", "Salesdock/SharedFile.swift", "Ledgers/FileLock.swift",
        "Ledgers/LedgerMirror.swift",
        "Runs/Spool.swift", "SalesdockEmulator/JSON+Reading.swift", "SalesdockEmulator/Table.swift",
    ]

    private static let pointers =
        #"\bUnsafe(Mutable)?(Raw)?(Buffer)?Pointer\b|\bwithUnsafe\w+|\bOpaquePointer\b|\bunsafeBitCast\b"#

    static func violations(_ file: SourceFile) throws -> [String] {
        var found: [String] = []
        for (name, pattern, exempt) in banned where exempt.isDisjoint(with: [file.module, file.description]) {
            found += try file.codeLines(matching: pattern).map { "\(file):\($0 + 1): \(name)" }
        }
        for (index, line) in file.lines.enumerated() where line.contains("TODO") || line.contains("FIXME") {
            found.append("\(file):\(index + 1): an open end")
        }
        if !["Records", "Formats"].contains(file.module), !pointerFiles.contains(file.description) {
            found += try file.codeLines(matching: pointers).map { "\(file):\($0 + 1): an unsafe pointer" }
        }
        return found + unproven(file, file.code)
    }

    /// `@unchecked Sendable` without a comment right above that says why it is safe.
    private static func unproven(_ file: SourceFile, _ code: [String]) -> [String] {
        code.indices.filter { code[$0].contains("@unchecked Sendable") }.compactMap { index in
            let above = file.lines[..<index].reversed().prefix { line in
                let text = line.drop(while: \.isWhitespace)
                return text.hasPrefix("//") || text.hasPrefix("@")
            }
            let proof = above.contains { $0.contains(/(?i)safe because|only this value knows/) }
            return proof ? nil : "\(file):\(index + 1): @unchecked Sendable without a reason"
        }
    }
}
