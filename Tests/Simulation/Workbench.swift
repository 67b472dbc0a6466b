import Foundation
import Ledgers
import Pipelines
import Salesdock

/// A folder in which worlds are made, one after the other, and the pipelines that they run, read once.
public final class Workbench {
    let folder: String
    private var definitions: [Bool: [PipelineDefinition]] = [:]
    /// Number of the ledger file in use.
    private var generation = 0
    /// Highest number that any ledger file has had.
    private var generations = 0

    /// - Throws: when no folder can be made.
    public init() throws {
        let memory = "/dev/shm"
        let base = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        folder = "\(base)/dockhand-simulation-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Leaves nothing of an earlier world.
    func clear() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    func write(_ files: [(name: String, text: String)]) throws {
        for file in files {
            try Data(file.text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file.name)"))
        }
    }

    func pipelines(matchesCustomers: Bool) throws -> [PipelineDefinition] {
        if let known = definitions[matchesCustomers] { return known }
        let made = try SamplePipelines.all(matchesCustomers: matchesCustomers).map { name, text in
            let (definition, diagnostics) = PipelineDecoder.check(
                text: text, file: "\(folder)/\(name).yaml", environment: [:])
            guard let definition else { throw DiagnosticsError(diagnostics) }
            return definition
        }
        definitions[matchesCustomers] = made
        return made
    }

    /// A ledger of the world, new or as an earlier one lies on the disk.
    func ledger(of scenario: Scenario, id: String) throws -> SQLiteLedger {
        guard scenario.usesFile else { return try SQLiteLedger(inMemoryWithID: id) }
        generation = nextGeneration()
        return try SQLiteLedger(path: "\(folder)/ledger-\(generation).sqlite", newID: id)
    }

    /// What lies on the disk of the latest ledger file, opened anew: the old handle may go on for a while, and nothing it
    /// does reaches this copy.
    func reopened() throws -> SQLiteLedger { try copy(of: generation) }

    /// A copy of the latest ledger file as it is now, to be put back later.
    func backUp() throws -> Int {
        let kept = generation
        _ = try copy(of: kept)
        let backup = generation
        generation = kept
        return backup
    }

    func restored(_ backup: Int) throws -> SQLiteLedger { try copy(of: backup) }

    private func nextGeneration() -> Int {
        generations += 1
        return generations
    }

    private func copy(of old: Int) throws -> SQLiteLedger {
        let next = nextGeneration()
        for end in ["", "-wal"] {
            let source = "\(folder)/ledger-\(old).sqlite\(end)"
            if FileManager.default.fileExists(atPath: source) {
                try FileManager.default.copyItem(atPath: source, toPath: "\(folder)/ledger-\(next).sqlite\(end)")
            }
        }
        generation = next
        return try SQLiteLedger(path: "\(folder)/ledger-\(next).sqlite", newID: "unused")
    }

    func budget(of scenario: Scenario) throws -> any BudgetStore {
        scenario.usesFile ? try FileBudgetStore(directory: "\(folder)/budget") : MemoryBudgetStore()
    }
}
