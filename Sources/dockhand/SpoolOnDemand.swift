import Synchronization

/// A spool folder that is made only once something must be kept: most input is files, which need none.
final class SpoolOnDemand: Sendable {
    private let environment: [String: String]
    private let made = Mutex<SpoolFolder?>(nil)

    /// Removes what killed processes have left behind; makes nothing.
    init(_ environment: [String: String]) {
        self.environment = environment
        SpoolFolder.sweep((try? StateFolder(environment))?.spoolPath ?? StateFolder.spoolPathWithoutState)
    }

    /// The folder, which lasts as long as this does.
    ///
    /// - Throws: `RunError` when it can't be made.
    func path() throws -> String {
        try made.withLock { made in
            if let made { return made.path }
            let folder = try StateFolder.spool(environment)
            made = folder
            return folder.path
        }
    }
}
