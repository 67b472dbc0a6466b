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
    /// Copies of what can be read once, to be removed at the end.
    let spools: [String]

    /// - Parameters:
    ///   - fields: what the pipeline reads of each record; `nil` for everything.
    ///   - spool: keeps standard input and pipes, since a run reads twice; `nil` to read them as they come.
    /// - Throws: `StoppedWhileReading` when a stop is asked for while they are copied.
    init(_ pipeline: PipelineDefinition, fields: [String]?, spool: Spool?) throws {
        let base = (pipeline.file as NSString).deletingLastPathComponent
        let format = try Self.format(pipeline.source)
        // What can fail by itself comes before the copies, which take long.
        var paths = try Self.patterns(pipeline.source).flatMap {
            $0 == "-" ? ["-"] : try expandGlob($0, base: base.isEmpty ? "." : base)
        }
        if paths.count(where: { $0 == "-" }) > 1 {
            throw RunError(.configuration, "\(pipeline.file): standard input can be named once")
        }
        names = paths.map { $0 == "-" ? "standard input" : ($0 as NSString).lastPathComponent }
        folders = paths.map { $0 == "-" ? "." : ($0 as NSString).deletingLastPathComponent }
        var spools: [String] = []
        if let spool {
            do {
                for place in paths.indices where Spool.isNeeded(paths[place]) {
                    paths[place] = try spool.keep(paths[place], called: names[place])
                    spools.append(paths[place])
                }
            } catch {
                Self.remove(spools)
                throw error
            }
        }
        self.spools = spools
        definition = SourceDefinition(format: format, paths: paths, fields: fields)
    }

    func close() { Self.remove(spools) }

    private static func remove(_ paths: [String]) {
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
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
}
