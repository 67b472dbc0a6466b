/// How a report is to be written, and what must be known of the pipeline to write it.
public struct ReportSettings: Sendable {
    /// The pipeline's name.
    public var pipeline: String
    /// Of all words in the report but those of the source.
    public var language: Language
    /// Whether values of the source are masked everywhere in the report.
    public var masks: Bool
    /// Columns of the source that identify a record; shown beside a problem.
    public var key: [String]
    /// The source's column for each target that is filled from one, by target.
    public var columns: [String: String]
    /// Seed of the hashes that count distinct values.
    public var seed: UInt64

    /// Settings; without a key, problems are found by row and line only.
    public init(
        pipeline: String, language: Language = .english, masks: Bool = false, key: [String] = [],
        columns: [String: String] = [:], seed: UInt64
    ) {
        self.pipeline = pipeline
        self.language = language
        self.masks = masks
        self.key = key
        self.columns = columns
        self.seed = seed
    }
}
