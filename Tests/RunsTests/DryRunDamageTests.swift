import Formats
import Foundation
import Pipelines
import Records
import Salesdock
import TestSupport
import Testing

@testable import Runs

/// A dry run of a gzipped file that is damaged, or that nobody waits for any more.
@Suite struct DryRunDamageTests {
    /// What is wrong with the file.
    enum Damage: CaseIterable, Sendable {
        case none, cutOff, changed, checksum, length, garbage

        func apply(to bytes: inout [UInt8]) {
            switch self {
            case .none: break
            case .cutOff: bytes.removeLast(bytes.count / 3)
            case .changed: for index in 0..<8 { bytes[bytes.count / 2 + index] = 0xFF }
            case .checksum: bytes[bytes.count - 6] ^= 0x55
            case .length: bytes[bytes.count - 2] ^= 0x55
            case .garbage: bytes += Array("een;twee\n".utf8)
            }
        }
    }

    private struct Result: Equatable {
        var balance: Balance
        var messages: [String]
        var exit: ExitCode
        var rejects: Data?
    }

    private let pipeline = """
        pipeline: klanten
        key: nr
        source: { csv: { path: klanten.csv.gz, delimiter: ";" } }
        transforms:
          - map: { nr: nr, email: { from: mail, apply: [trim, lowercase] } }
          - validate: { email: [email] }
        sink: { ndjson: { path: uit.ndjson } }
        """

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dry-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func write(_ damage: Damage, seed: UInt64, to folder: URL) throws {
        var random = SeededRNG(seed: seed)
        var text = "nr;mail\n"
        for row in 1...3000 {
            let name = UInt32.random(in: 0...UInt32.max, using: &random)
            text += "\(row);\(row.isMultiple(of: 7) ? "geen adres" : "A\(name)@post.example")\n"
        }
        var deflater = try GzipDeflater(file: "klanten.csv.gz")
        var bytes: [UInt8] = []
        deflater.deflate(Array(text.utf8).span, isLast: true, into: &bytes)
        damage.apply(to: &bytes)
        try Data(bytes).write(to: folder.appending(path: "klanten.csv.gz"))
    }

    private func dryRun(_ folder: URL, _ change: (inout RunOptions) -> Void) async throws -> Result {
        let (decoded, diagnostics) = PipelineDecoder.decode(
            text: pipeline, file: folder.appending(path: "klanten.yaml").path, environment: [:])
        let definition = try #require(decoded, "\(diagnostics)")
        var options = RunOptions()
        change(&options)
        let outcome = try await Validation.run(
            definition, options: options,
            places: RunPlaces(ledger: "", reports: folder.path, state: folder.path),
            environment: RunEnvironment(time: SystemTime(), stop: StopSignal(), seed: Hash128(high: 3, low: 4)))
        let rejects = try outcome.rejects.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        return Result(balance: outcome.balance, messages: outcome.messages, exit: outcome.exit, rejects: rejects)
    }

    @Test(arguments: Damage.allCases)
    func `all rows before the damage count, whoever reads them`(damage: Damage) async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let seed: UInt64 = 11
        try write(damage, seed: seed, to: folder)
        let whole = try await dryRun(folder) { $0.workers = 1 }
        #expect(whole.balance.holds && whole.balance[.rejected] > 0, "seed \(seed)")
        let isWhole = damage != .cutOff && damage != .changed
        #expect((whole.balance.read == 3000) == isWhole && whole.balance.read > 500, "\(whole.balance.read)")
        #expect(whole.exit == (damage == .none ? .rowsFailed : .inputUnreadable), "\(whole.exit)")
        #expect(whole.messages.isEmpty == (damage == .none), "\(whole.messages)")
        for (workers, rows, bytes) in [(2, 4096, 1000), (3, 5, 64), (4, 50, 256 << 10)] {
            let cut = try await dryRun(folder) {
                ($0.workers, $0.blockRows, $0.blockBytes) = (workers, rows, bytes)
            }
            #expect(cut == whole, "seed \(seed), \(workers) workers, \(rows) rows, \(bytes) bytes")
        }
    }

    @Test func `a dry run that is cancelled reads no more and says so`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(.none, seed: 12, to: folder)
        let result = try await withThrowingTaskGroup(of: Result.self) { group in
            group.cancelAll()
            group.addTask { try await dryRun(folder) { $0.workers = 3 } }
            return try await group.next()
        }
        #expect(result?.balance.read == 0 && result?.exit != .success, "\(result as Any)")
    }
}
