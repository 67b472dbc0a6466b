import Foundation
import Ledgers
import Runs

/// A folder for this process alone, for input that must be kept while it runs. It is removed at the end; what a killed
/// process has left behind is removed by the next one, since the lock in it went with its holder.
final class SpoolFolder: Sendable {
    let path: String
    private let lock: FileLock

    private static let triesMax = 100

    /// Makes the folder, after removing those whose processes are gone.
    ///
    /// - Parameter parent: holds nothing but such folders.
    init(in parent: String) throws {
        try StateFolder.make(parent)
        Self.sweep(parent)
        for _ in 0..<Self.triesMax {
            let path = "\(parent)/\(UUID().uuidString)"
            try StateFolder.make(path)
            guard let lock = Self.lock(path, holder: "input") else { continue }
            // Another process may have swept the folder before it was locked.
            if FileManager.default.fileExists(atPath: Self.lockPath(path)) {
                self.path = path
                self.lock = lock
                return
            }
        }
        throw RunError(.disk, "no folder for input can be made in \(parent)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private static func lockPath(_ folder: String) -> String { "\(folder)/lock" }

    private static func lock(_ folder: String, holder: String) -> FileLock? {
        try? FileLock(path: lockPath(folder), holder: holder)
    }

    /// Removes the folders of processes that are gone.
    static func sweep(_ parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] {
            let path = "\(parent)/\(name)"
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
            let lock = isFolder.boolValue ? lock(path, holder: "removal") : nil
            if isFolder.boolValue, lock == nil { continue }
            try? FileManager.default.removeItem(atPath: path)
            withExtendedLifetime(lock) {}
        }
    }
}
