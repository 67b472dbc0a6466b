import Formats
import Pipelines
import Reports
import Runs
import SalesdockFacts

extension ReportSettings {
    /// What a report must know of a pipeline.
    init(_ pipeline: PipelineDefinition, language: Language, masks: Bool) {
        var columns: [String: String] = [:]
        for case .map(let entries) in pipeline.transforms {
            // The entries of one map see what was there before it.
            let before = columns
            for entry in entries {
                switch entry.origin {
                case .field(let name): columns[entry.target] = before[name] ?? name
                case .file(let file): columns[entry.target] = before[file.from] ?? file.from
                case .const, .template: columns[entry.target] = nil
                }
            }
        }
        self.init(
            pipeline: pipeline.name, language: language, masks: masks, key: pipeline.key, columns: columns,
            seed: UInt64.random(in: 0...UInt64.max))
    }
}

extension LoadPrice {
    /// What loading a number of rows takes; `nil` when they go into a file.
    ///
    /// - Parameter project: the connection; without one the usual limit is assumed.
    init?(_ pipeline: PipelineDefinition, rows: Int, project: ProjectDefinition?) {
        guard case .salesdock(let sink) = pipeline.sink else { return nil }
        let limit = Double(project?.limit ?? RateLimitFacts.defaultLimit) * (project?.sharePercent ?? 100) / 100
        self.init(
            // Tariffs of a product are a request of their own.
            writes: rows * (sink.kind == .products && sink.energy ? 2 : 1),
            lookUpsMax: sink.match.isEmpty ? 0 : rows, limit: max(1, Int(limit)),
            windowSeconds: RateLimitFacts.windowSeconds + Assumptions.windowSlackSeconds)
    }
}

extension SourceFacts {
    init(_ look: SourceLook) {
        let files = look.files.map { file in
            SourceFacts.File(
                name: file.name, bytes: file.bytes, isGzip: file.facts?.isGzip ?? false,
                encoding: file.facts?.encoding ?? "–", hasByteOrderMark: file.facts?.hasByteOrderMark ?? false,
                lineEnds: LineEnds(
                    lf: file.facts?.lf ?? 0, crlf: file.facts?.crlf ?? 0, cr: file.facts?.cr ?? 0))
        }
        func character(_ byte: UInt8) -> String { String(decoding: [byte], as: UTF8.self) }
        switch look.format {
        case .csv(let dialect):
            self.init(
                format: .csv, files: files, delimiter: character(dialect.delimiter),
                quote: dialect.quote.map(character), hasHeader: dialect.columns == nil)
        case .ndjson: self.init(format: .ndjson, files: files)
        case .xml: self.init(format: .xml, files: files)
        }
    }
}
