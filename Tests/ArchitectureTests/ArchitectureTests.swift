import Testing

/// The rules of the sources that no compiler knows, and for each of them something it must reject.
@Suite struct ArchitectureTests {
    @Test func `every module imports only what it may`() throws {
        let files = try SourceTree.files()
        #expect(Set(files.map(\.module)) == Set(ImportGate.allowed.keys))
        for violation in try files.flatMap(ImportGate.violations) { Issue.record("\(violation)") }
    }

    @Test func `no source says what none may say`() throws {
        for violation in try SourceTree.files().flatMap(WordingGate.violations) { Issue.record("\(violation)") }
    }

    @Test func `files and functions stay small`() throws {
        for violation in try SourceTree.files().flatMap(SizeGate.violations) { Issue.record("\(violation)") }
    }

    @Test func `every list of exceptions is of files that are there`() throws {
        let names = Set(try SourceTree.files().map(\.description))
        #expect(WordingGate.pointerFiles.union(ImportGate.exceptions.keys).isSubset(of: names))
    }

    @Test(arguments: [
        ("Records", "import Foundation"), ("Formats", "private import NIOCore"), ("Pipelines", "import Yams"),
        ("SalesdockEmulator", "@testable import Salesdock"), ("SalesdockEmulator", "import ExactJSON"),
        ("Salesdock", "public import Ledgers"), ("Ledgers", "import struct Foundation.URL"),
        ("ExactJSON", "import Records"), ("Unheard", "import Swift"), ("Formats", "func read() async {}"),
        ("Records", "actor Store {}"),
    ])
    func `canary of the imports`(module: String, line: String) throws {
        let file = SourceFile(module: module, path: "Decoding/Canary.swift", text: "\n\(line)\n")
        #expect(try ImportGate.violations(file).count == 1)
    }

    @Test(arguments: [
        ("Runs", "let a = try! b()"), ("Runs", "fatalError(\"no\")"), ("Records", "// TODO: later"),
        ("Records", "/* FIXME */"), ("Runs", "print(1)"), ("Runs", "Task { await a() }"),
        ("dockhand", "Task.detached { a() }"), ("Runs", "let t = Task<Void, Never> { a() }"),
        ("Runs", "Task(priority: .high) { a() }"), ("Runs", "struct A: @unchecked Sendable {}"),
        ("Runs", "let p: UnsafeRawPointer"), ("Salesdock", "a.withUnsafeBytes { b }"), ("Runs", "usleep(1)"),
    ])
    func `canary of the wording`(module: String, line: String) throws {
        let file = SourceFile(module: module, path: "Canary.swift", text: "\n\(line)\n")
        #expect(try WordingGate.violations(file).count == 1)
    }

    @Test(arguments: [
        ("Runs", "// a print(1), a Task { } and a try! in a comment"), ("Runs", "let a = \"try! fatalError(\""),
        ("dockhand", "print(1)"), ("Runs", "// Safe because nothing is shared.\nstruct A: @unchecked Sendable {}"),
        ("Runs", "group.addTask { a() }"), ("Runs", "Task.isCancelled"), ("Formats", "let p: UnsafeRawPointer"),
        ("Runs", "pretty.print(1)"),
    ])
    func `what the wording may be`(module: String, text: String) throws {
        let file = SourceFile(module: module, path: "Canary.swift", text: text)
        #expect(try WordingGate.violations(file) == [])
    }

    @Test func `canary of the sizes`() throws {
        func file(_ lines: Int, _ text: (Int) -> String) -> SourceFile {
            SourceFile(module: "Runs", path: "Canary.swift", text: (0..<lines).map { text($0) + "\n" }.joined())
        }
        #expect(try SizeGate.violations(file(420) { "let a\($0) = 1" }) == [])
        #expect(try SizeGate.violations(file(421) { "let a\($0) = 1" }).count == 1)
        func function(_ lines: Int) -> SourceFile {
            file(lines) { $0 == 0 ? "func a() -> String {" : $0 == lines - 1 ? "}" : "    let b = \"} \\(c(\"}\"))\"" }
        }
        #expect(try SizeGate.violations(function(70)) == [])
        #expect(try SizeGate.violations(function(71)).count == 1)
        #expect(try SizeGate.functions(function(71)).map(\.lines) == [71])
    }
}
