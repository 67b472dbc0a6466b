import Foundation
import Runs
import Salesdock

/// The state directory that all dockhand processes of the machine share: budget, mirrors of ledgers, spooled input.
struct StateFolder {
    let path: String

    /// - Throws: `SalesdockError` when the environment names no place.
    init(_ environment: [String: String]) throws { path = try FileBudgetStore.defaultDirectory(environment) }

    func budget() throws -> String { try Self.make("\(path)/budget") }
    func mirrors() throws -> String { try Self.make("\(path)/mirrors") }
    var spoolPath: String { "\(path)/spool" }
    func spool() throws -> SpoolFolder { try SpoolFolder(in: spoolPath) }

    /// Where input is kept by verbs that need no state otherwise.
    static func spool(_ environment: [String: String]) throws -> SpoolFolder {
        if let spool = try? StateFolder(environment).spool() { return spool }
        return try SpoolFolder(in: spoolPathWithoutState)
    }

    /// Where input is kept when the environment names no state directory, or it can't be written.
    static var spoolPathWithoutState: String {
        "\(FileManager.default.temporaryDirectory.path)/dockhand-\(getuid())"
    }

    /// Makes a folder, and those above it, for its owner only: what they hold is personal data.
    @discardableResult
    static func make(_ path: String) throws -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw RunError(.disk, "can't make the folder \(path): \(SystemReason.text(of: error))") }
        return path
    }
}
