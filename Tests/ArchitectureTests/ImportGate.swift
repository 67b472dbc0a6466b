/// Which modules a module may import.
struct ImportGate {
    /// By module; the standard library's own modules go without saying.
    static let allowed: [String: Set<String>] = [
        "ExactJSON": [],
        "Records": ["CKernels"],
        "SalesdockFacts": [],
        "Formats": ["Records", "ExactJSON", "CKernels", "CLibXML2", "CZlib", "CISAL", "Glibc"],
        "Pipelines": ["Records", "ExactJSON", "SalesdockFacts", "CKernels"],
        "Salesdock": [
            "SalesdockFacts", "ExactJSON", "AsyncHTTPClient", "Logging", "Crypto", "NIOCore", "NIOHTTP1", "NIOPosix",
            "NIOSSL", "Foundation", "Glibc", "Musl",
        ],
        "Ledgers": ["Records", "ExactJSON", "GRDB", "Glibc"],
        "Runs": [
            "Records", "ExactJSON", "Formats", "Pipelines", "SalesdockFacts", "Salesdock", "Ledgers", "Crypto",
            "Logging", "Foundation",
        ],
        "Reports": ["Records", "ExactJSON"],
        "SalesdockEmulator": [
            "SalesdockFacts", "Hummingbird", "Logging", "NIOCore", "HTTPTypes", "Foundation", "Glibc", "Darwin",
        ],
        "dockhand": [
            "Records", "ExactJSON", "Formats", "Pipelines", "SalesdockFacts", "Salesdock", "Ledgers", "Runs", "Reports",
            "SalesdockEmulator", "ArgumentParser", "Logging", "Foundation", "Dispatch",
        ],
    ]

    /// Files that may import more than the rest of their module.
    static let exceptions: [String: Set<String>] = ["Pipelines/Decoding/YAMLReader.swift": ["Yams"]]

    private static let standard: Set = ["Swift", "Synchronization"]

    /// Modules without tasks: functions of values.
    private static let synchronous: Set = ["ExactJSON", "Records", "SalesdockFacts", "Formats", "Pipelines", "Reports"]

    /// What is imported against the rules, and concurrency where there is none to be.
    static func violations(_ file: SourceFile) throws -> [String] {
        guard let allowed = allowed[file.module] else { return ["\(file): the module is in no rule"] }
        let own = allowed.union(exceptions[file.description] ?? []).union(standard)
        let imports = file.code.enumerated().compactMap { index, line -> String? in
            guard let module = imported(line), !own.contains(module) else { return nil }
            return "\(file):\(index + 1): \(file.module) may not import \(module)"
        }
        guard synchronous.contains(file.module) else { return imports }
        return try imports
            + file.codeLines(matching: #"\b(async|await|actor|TaskGroup|AsyncStream)\b"#)
            .map { "\(file):\($0 + 1): \(file.module) has no concurrency" }
    }

    /// The module of an import line, whatever stands before `import`, and whatever it takes from the module.
    static func imported(_ line: String) -> String? {
        guard line.contains("import") else { return nil }
        let kinds = "struct|class|enum|protocol|typealias|func|let|var"
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
        let before = words[..<place].allSatisfy { word in
            word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
        }
        guard before else { return nil }
        let isOneOf = kinds.split(separator: "|").contains { $0 == words[place + 1] }
        let name = isOneOf && place + 2 < words.count ? words[place + 2] : words[place + 1]
        return name.split(separator: ".").first.map(String.init)
    }
}
