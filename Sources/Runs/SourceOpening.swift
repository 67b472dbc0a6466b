import Formats
import Foundation
import Pipelines

/// Turns a pipeline's source into files that can be read as often as a run needs.
struct SourceOpening: Sendable {
    let definition: SourceDefinition
    /// Folder of each file, for files that records name.
    let folders: [String]
    /// Each file as reports name it: without its folder, which is nobody else's business.
    let names: [String]
    /// A copy of standard input, to be removed at the end.
    let spool: String?

    /// - Parameters:
    ///   - fields: what the pipeline reads of each record; `nil` for everything.
    ///   - spoolFolder: where standard input is kept, since a run reads twice; `nil` to read it as it comes.
    init(_ pipeline: PipelineDefinition, fields: [String]?, spoolFolder: String?) throws {
        let base = (pipeline.file as NSString).deletingLastPathComponent
        let format = try Self.format(pipeline.source)
        // What can fail by itself comes before the copy, which would stay behind.
        var paths = try Self.patterns(pipeline.source).flatMap {
            $0 == "-" ? ["-"] : try expandGlob($0, base: base.isEmpty ? "." : base)
        }
        let places = paths.indices.filter { paths[$0] == "-" }
        var spool: String?
        if let spoolFolder, let place = places.first {
            if places.count > 1 { throw RunError(.configuration, "\(pipeline.file): standard input can be named once") }
            let path = "\(spoolFolder)/stdin-\(UUID().uuidString)"
            try Self.copyStandardInput(to: path)
            spool = path
            paths[place] = path
        }
        self.spool = spool
        definition = SourceDefinition(format: format, paths: paths, fields: fields)
        names = paths.map {
            $0 == "-" || $0 == spool ? "standard input" : ($0 as NSString).lastPathComponent
        }
        folders = paths.map { $0 == "-" || $0 == spool ? "." : ($0 as NSString).deletingLastPathComponent }
    }

    func close() {
        if let spool { try? FileManager.default.removeItem(atPath: spool) }
    }

    private static func patterns(_ source: SourceSpec) -> [String] {
        switch source {
        case .csv(let spec): spec.paths
        case .ndjson(let paths): paths
        case .xml(let spec): spec.paths
        case .salesdock: []
        }
    }

    private static func format(_ source: SourceSpec) throws -> SourceFormat {
        switch source {
        case .csv(let spec): return .csv(try dialect(spec))
        case .ndjson: return .ndjson
        case .xml(let spec):
            return .xml(shape(spec))
        case .salesdock: throw RunError(.usage, "this verb reads files; the pipeline's source is Salesdock")
        }
    }

    static func shape(_ spec: SourceSpec.XMLSpec) -> XMLShape {
        XMLShape(
            record: spec.record, fields: spec.fields.map { .init(name: $0.name, path: $0.path) },
            namespaces: spec.namespaces)
    }

    private static func dialect(_ spec: SourceSpec.CSVSpec) throws -> CSVDialect {
        func byte(_ text: String, _ name: String) throws -> UInt8 {
            guard text.utf8.count == 1, let byte = text.utf8.first else {
                throw RunError(.configuration, "source.csv.\(name) must be one ASCII character")
            }
            return byte
        }
        var dialect = CSVDialect()
        dialect.delimiter = try byte(spec.delimiter, "delimiter")
        dialect.quote = spec.quote.isEmpty ? nil : try byte(spec.quote, "quote")
        dialect.columns = spec.columns
        if let problem = SourceCheck.encodingProblem(spec.encoding) { throw RunError(.configuration, problem) }
        dialect.encoding = TextEncoding(rawValue: spec.encoding.lowercased()) ?? .utf8
        dialect.ragged = CSVDialect.RaggedPolicy(rawValue: spec.ragged) ?? .reject
        return dialect
    }

    private static func copyStandardInput(to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let out = FileHandle(forWritingAtPath: path)
        else { throw RunError(.disk, "standard input can't be kept at \(path)") }
        do {
            while let block = try FileHandle.standardInput.read(upToCount: 1 << 20), !block.isEmpty {
                try out.write(contentsOf: block)
            }
            try out.close()
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw RunError(.disk, "standard input can't be kept at \(path): \(SystemReason.text(of: error))")
        }
    }
}
