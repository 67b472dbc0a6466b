import ExactJSON
import Foundation
import Testing

/// A copy of the repository's pipelines over its samples, with an emulator, a ledger and a state folder of its own.
final class Project {
    let folder: Folder
    let emulator: Emulator

    /// Short waits, so that a lost answer costs seconds.
    static let fast = ["--set", "salesdock.timeout=1s", "--set", "salesdock.settle=2s"]

    init(emulatorOptions: [String] = ["--limit", "100000"], tokens: [String] = ["\(Emulator.token)=admin"]) throws {
        folder = try Folder()
        emulator = try Emulator(in: folder, emulatorOptions, tokens: tokens)
        let files = FileManager.default
        try files.copyItem(atPath: Binary.root + "/pipelines", toPath: folder.path + "/pipelines")
        try files.createSymbolicLink(
            atPath: folder.path + "/samples", withDestinationPath: Binary.root + "/samples")
    }

    /// Runs a verb to its end.
    func dockhand(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Binary.Result {
        try Binary.run(arguments, environment: emulator.environment.merging(environment) { $1 }, in: folder)
    }

    /// `run`, fast and with JSON.
    func run(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Binary.Result {
        try dockhand(["run"] + arguments + ["--format", "json", "--quiet"] + Self.fast, environment)
    }

    /// `run`, under way.
    func start(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Running {
        try Running(
            Binary.process(
                ["run"] + arguments + ["--format", "json", "--quiet"] + Self.fast,
                environment: emulator.environment.merging(environment) { $1 }, in: folder), in: folder)
    }

    /// What `status` says of every pipeline.
    func status(_ path: String) throws -> [JSONValue] {
        let result = try dockhand(["status", path, "--format", "json"])
        try #require(result.status == 0, "\(result.errors)")
        return try #require(try JSONParser.parse(line(result.output))["pipelines"]?.array)
    }

    /// Compares the emulator's state, and perhaps the output of a run, with what the independent script expects.
    func check(fates output: String? = nil, isRerun: Bool = false, prices: [String] = []) throws {
        var arguments = ["python3", Binary.root + "/scripts/expected/legacy_crm.py"]
        arguments += ["--state", emulator.url.absoluteString]
        if let output { arguments += ["--fates", try folder.write("fates.json", output)] }
        if isRerun { arguments.append("--rerun") }
        for list in prices { arguments += ["--prices", list] }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
    }
}

/// A process under way, whose output is kept in files.
struct Running {
    let process: Process
    private let output: String
    private let errors: String

    init(_ process: Process, in folder: Folder) throws {
        self.process = process
        let name = UUID().uuidString
        output = try folder.write("\(name).out", "")
        errors = try folder.write("\(name).err", "")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end; a process that a signal killed has the signal's number as its status.
    func end() throws -> Binary.Result {
        process.waitUntilExit()
        return Binary.Result(
            status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }
}

/// Printed JSON without its line end.
private func line(_ text: String) -> String { text.trimmingCharacters(in: .newlines) }

extension Binary.Result {
    /// The outcome of each pipeline, in the order of the run.
    func outcomes() throws -> [JSONValue] {
        let json = try JSONParser.parse(line(output))
        return json.array ?? [json]
    }

    /// The one outcome of a run of one pipeline.
    func outcome() throws -> JSONValue {
        let all = try outcomes()
        try #require(all.count == 1)
        return all[0]
    }
}

extension JSONValue {
    /// Rows of an outcome with a fate.
    func fate(_ name: String) -> Int { self["fates"]?[name]?.int ?? -1 }

    /// Whether the fates of an outcome add up to the rows read.
    var isBalanced: Bool {
        let sum = self["fates"]?.object?.members.reduce(0) { $0 + ($1.value.int ?? 0) }
        return sum != nil && sum == self["read"]?.int
    }
}
