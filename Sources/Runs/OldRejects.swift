import Foundation

/// The rejects that an earlier run left behind.
enum OldRejects {
    /// Removes them, unless they are the source itself: somebody may have corrected them where they are.
    static func remove(_ path: String, unlessReadFrom sources: [String]) {
        let place = resolved(path)
        if sources.contains(where: { resolved($0) == place }) { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}
