import ExactJSON
import Formats
import Ledgers
import Reports
import Runs

extension RunFacts {
    /// Writes that are read from the ledger at a time.
    private static let pageSize = 1_000

    /// What the ledger knows of a run. Lists all its writes in a file beside the report.
    ///
    /// - Parameter outcome: as the ledger keeps it, or what can be told of it.
    init(_ run: RunSummary, _ outcome: JSONValue?, _ ledger: SQLiteLedger, masks: Bool, files: ReportFiles) throws {
        self.init(
            id: Int(run.id.rawValue), target: run.identity.title, startedUnixSeconds: run.startedUnixSeconds,
            outcome: outcome)
        try listWrites(run.id, ledger, masks, files)
        let open = try ledger.openAttempts(host: run.identity.host, domain: run.identity.domain)
            .filter { $0.state == .inDoubt && $0.pipeline == run.identity.pipeline }
        doubtsCount = open.count
        // Without its key nobody can decide a record.
        if masks { return }
        doubts = open.prefix(Self.doubtsMax).map { Doubt(key: shown($0.intent.key), note: $0.note) }
    }

    private mutating func listWrites(_ run: RunID, _ ledger: SQLiteLedger, _ masks: Bool, _ files: ReportFiles) throws {
        var file: OutputFile?
        var last: AttemptID?
        while case let page = try ledger.writes(of: run, after: last, limit: Self.pageSize), let end = page.last {
            if file == nil { file = try OutputFile(path: files.path(Self.writesName)) }
            var text: [UInt8] = []
            for write in page {
                let write = Write(
                    key: masks ? nil : write.key.replacing("\u{1F}", with: " + "), call: write.call,
                    id: write.remoteID, state: write.state.rawValue)
                if writes.count < Self.writesMax { writes.append(write) }
                text += write.json.bytes + [0x0A]
            }
            try file?.write(text)
            writesCount += page.count
            last = end.attempt
        }
        if try file?.finish(rows: writesCount) != nil { writesFile = Self.writesName }
    }

    private static let writesName = "written.ndjson"
}
