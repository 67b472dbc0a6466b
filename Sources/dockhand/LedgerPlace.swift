import Foundation
import Ledgers
import Pipelines
import Records
import Reports
import Runs
import Salesdock

/// Where a project's ledger is: `--ledger`, else the project's `ledger:`, else `.dockhand/` beside the project file, or
/// beside the pipeline without one.
struct LedgerPlace {
    let path: String

    /// - Parameters:
    ///   - flag: of `--ledger`.
    ///   - folder: of the first pipeline.
    ///   - project: what the project file says, as far as it could be decoded.
    init(flag: String?, folder: String, projectFile: String?, project: ProjectDefinition?) {
        let home = projectFile.map(FilePath.folder) ?? folder
        path = flag ?? project?.ledger.map { FilePath.join(home, $0) } ?? FilePath.join(home, ".dockhand/ledger.sqlite")
    }

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Folder for rejects.
    var rejects: String { FilePath.join(FilePath.folder(path), "rejects") }

    /// Opens the ledger, making it when it is new.
    func open() throws -> SQLiteLedger {
        try StateFolder.make(FilePath.folder(path))
        return try SQLiteLedger(path: path, newID: UUID().uuidString.lowercased())
    }

    /// Opens a ledger that must be there.
    func openExisting() throws -> SQLiteLedger {
        guard exists else {
            throw RunError(
                .usage, "there is no ledger at \(path): nothing has been run there, or --ledger names another one")
        }
        return try SQLiteLedger(path: path, newID: UUID().uuidString.lowercased())
    }

    /// The file itself, from the root: a link to a ledger is that ledger, with its lock and its age.
    private var file: String {
        var file = FilePath.absolute(path)
        for _ in 0..<Self.linksMax {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: file) else { break }
            file = FilePath.absolute(FilePath.join(FilePath.folder(file), target))
        }
        return file
    }

    /// Most links that lead to one another; more are a circle.
    private static let linksMax = 16

    /// Pipelines that a `ref` may name although they are not meant now.
    func knownPipelines() throws -> Set<String> {
        guard exists else { return [] }
        return Set(try open().targets().map(\.1.pipeline))
    }

    /// What the state directory remembers of this ledger.
    func mirror(_ state: StateFolder) throws -> LedgerMirror {
        LedgerMirror(directory: try state.mirrors(), name: Self.mirrorName(file))
    }

    /// Where the lock is.
    var lockPath: String { file + ".lock" }

    /// A file name for an absolute path, readable as long as it fits.
    static func mirrorName(_ path: String) -> String {
        let name = path.replacing("%", with: "%25").replacing("/", with: "%")
        if name.utf8.count <= 200 { return name }
        let hash = KeyedHash.hash(Array(path.utf8).span, seed: Hash128(high: 0, low: 0))
        return String(decoding: name.utf8.suffix(120).drop { $0 & 0xC0 == 0x80 }, as: UTF8.self) + "-" + hash.hex
    }

    /// Takes the lock, so that no two runs write one ledger.
    ///
    /// - Parameters:
    ///   - holder: what is done, and with which pipelines, for whoever comes meanwhile.
    ///   - stop: ends the waiting.
    /// - Throws: `LedgerError.locked`, naming the holder, once the waiting is over; `RunError` when it was stopped.
    func lock(holder: String, waitingAtMost wait: Duration, stop: StopSignal = StopSignal()) async throws -> FileLock {
        try StateFolder.make(FilePath.folder(path))
        let time = SystemTime()
        let deadline = time.now() + wait
        while true {
            let since = Quantity.moment(unixSeconds: Int64(Date().timeIntervalSince1970))
            do { return try FileLock(path: lockPath, holder: "\(holder), since \(since)") } catch {
                guard error.code == .locked, time.now() < deadline else { throw error }
                guard await stop.sleep(until: min(deadline, time.now() + .milliseconds(200)), time) else {
                    throw RunError(
                        stop.cause?.exit ?? .interrupted, "stopped before anything was written, since \(error.message)")
                }
            }
        }
    }
}
