import Formats
import Foundation
import Pipelines
import Records

/// The file that an export writes, in whichever format.
struct FileSink: ~Copyable {
    private var writer: any BatchWriter & ~Copyable

    /// - Parameters:
    ///   - folder: that the sink's path is relative to.
    ///   - columns: what to write; `nil` for what the first batch has.
    init(_ sink: SinkSpec, folder: String, columns: [String]?) throws {
        switch sink {
        case .csv(let path, let delimiter):
            guard let byte = delimiter.utf8.first, delimiter.utf8.count == 1 else {
                throw RunError(.configuration, "sink.csv.delimiter must be one ASCII character")
            }
            writer = try CSVWriter(path: Self.place(path, folder), columns: columns, delimiter: byte)
        case .ndjson(let path): writer = try NDJSONWriter(path: Self.place(path, folder), columns: columns)
        case .salesdock: throw RunError(.software, "an export needs a file sink")
        }
    }

    mutating func write(_ batch: RecordBatch) throws { try writer.write(batch) }
    mutating func finish() throws -> WrittenFile { try writer.finish() }

    private static func place(_ path: String, _ folder: String) throws -> String {
        if path == "-" { return path }
        let place = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        let parent = (place as NSString).deletingLastPathComponent
        do { try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true) } catch {
            throw RunError(.disk, "can't make the folder \(parent): \(SystemReason.text(of: error))")
        }
        return place
    }
}
