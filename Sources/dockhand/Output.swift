import ExactJSON
import Foundation
import Runs

/// Standard output is only data; standard error is for people.
enum Output {
    /// Writes a line of data.
    static func data(_ text: String) throws { try piece(text + "\n") }

    /// Writes a piece of data.
    ///
    /// - Throws: `RunError` when nobody can take it.
    static func piece(_ text: String) throws {
        do { try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) } catch {
            throw RunError(.disk, "standard output can't be written: \(SystemReason.text(of: error))")
        }
    }

    /// Writes a JSON value on a line of its own.
    static func data(_ json: JSONValue) throws { try data(json.text) }

    /// Writes a line to standard error; where nobody reads it, it is lost.
    static func note(_ text: String) { raw(text + "\n") }

    /// Writes to standard error as it is.
    static func raw(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
