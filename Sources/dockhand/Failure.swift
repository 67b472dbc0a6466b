import Foundation
import Pipelines
import Reports
import Runs

/// Ends the process: what is wrong on standard error, the exit code for scripts.
enum Failure {
    /// An end that has been reported already.
    struct Ended: Error { let code: Runs.ExitCode }

    static func exit(_ error: any Error) -> Never {
        if let ended = error as? Ended { end(ended.code) }
        let failure = RunError(error)
        report(failure)
        end(failure.exit)
    }

    /// Writes an error in the form `error: …`; problems of pipeline files name their places instead.
    static func report(_ error: RunError, pipeline: String? = nil) {
        let message = printable(error.message)
        if !message.isEmpty { Output.note("error: \(pipeline.map { "\($0): " } ?? "")\(message)") }
        for diagnostic in error.diagnostics { Output.note(diagnostic.description) }
    }

    /// A message as it may be shown: it may quote the source, and what stands there must not steer the terminal.
    static func printable(_ message: String) -> String {
        message.split(separator: "\n").map { TextTable.printable(String($0)) }.joined(separator: "\n")
    }

    /// Ends without a word when all is well or has been said.
    static func end(_ code: Runs.ExitCode) -> Never { Foundation.exit(Int32(code.rawValue)) }
}
