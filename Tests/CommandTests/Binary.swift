import Foundation
import Testing

/// The built command line, run as a user runs it.
struct Binary {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The repository.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Beside the test bundle, which is what runs now.
    static var url: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("dockhand")
    }

    /// A process that is about to run; nothing of the tester's own environment reaches it.
    static func process(_ arguments: [String], environment: [String: String], in folder: Folder) -> Process {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        let own = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "DOCKHAND_STATE_DIR": folder.path + "/state"]
        process.environment = own.merging(environment) { _, new in new }
        return process
    }

    /// Runs to the end. Output goes through files: a full pipe would stop it.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], input: String = "", in folder: Folder
    ) throws -> Result {
        let process = process(arguments, environment: environment, in: folder)
        let name = UUID().uuidString
        let (output, errors) = (try folder.write("\(name).out", ""), try folder.write("\(name).err", ""))
        process.standardInput = FileHandle(forReadingAtPath: try folder.write("\(name).in", input))
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }
}

/// A folder that is gone when nobody holds it any more.
final class Folder {
    let url: URL
    var path: String { url.path }

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("dockhand-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// A pipeline of customers with a source of the rows given.
    func customers(_ rows: String, name: String = "customers") throws {
        try write("\(name).csv", "nr;naam;mail\n" + rows)
        try write(
            "\(name).yaml",
            """
            pipeline: \(name)
            key: nr
            source:
              csv: { path: \(name).csv, delimiter: ";" }
            transforms:
              - map:
                  visibility: { const: account }
                  business:   { const: "0" }
                  lastname:   { from: naam, apply: [trim] }
                  email:      { from: mail, apply: [lowercase] }
              - validate:
                  email: [required, email]
            sink:
              salesdock.customers: { match: [email], existing: update }

            """)
    }
}
