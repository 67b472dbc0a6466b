private import Foundation
internal import Logging
internal import Synchronization

/// The core behind a lock, with its data file: what the HTTP shell talks to.
final class EmulatorService: Sendable {
    private struct State: ~Copyable {
        var core: EmulatorCore
        var file: DataFile?
    }

    private let state: Mutex<State>
    private let logger: Logger

    /// Reads the data file, where there is one.
    init(options: EmulatorOptions, logger: Logger) throws {
        self.logger = logger
        // Two emulators never share an identity by chance, whatever their seeds are.
        let entropy = UInt64.random(in: .min ... .max)
        var random = SplitMix(seed: entropy)
        var core = EmulatorCore(options: options, instance: random.hexText())
        var file: DataFile?
        if let path = options.dataFile {
            if try core.replay(DataFile.lines(at: path)) {
                logger.warning("the last line of the data file was torn and is dropped")
            }
            file = try DataFile(path: path, rewritingWith: core.journalSnapshot())
            core.keepsJournal = true
        }
        state = Mutex(State(core: core, file: file))
    }

    /// Answers a request now; its changes are in the data file before the answer is known.
    func handle(_ request: EmulatorRequest) -> EmulatorReply {
        state.withLock { state in
            let now = EmulatorTime(seconds: Date().timeIntervalSince1970)
            let reply = state.core.handle(request, at: now)
            let lines = state.core.takeJournal()
            do {
                try state.file?.append(lines)
            } catch {
                logger.error("the data file cannot be written: \(error)")
            }
            return reply
        }
    }
}
