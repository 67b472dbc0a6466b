/// What one column of the source holds.
public struct FieldProfile: Sendable, Hashable {
    /// A value by its length.
    public struct Extreme: Sendable, Hashable {
        /// In Unicode scalars.
        public let length: Int
        /// Its beginning, masked where that was asked.
        public let text: String
    }

    /// A value that occurs often.
    public struct Frequent: Sendable, Hashable {
        /// Its beginning, masked where that was asked.
        public let text: String
        /// At least this often; exactly, when `hasExactCounts`.
        public let count: Int
    }

    /// The column's name in the source.
    public let name: String
    /// Rows with something else than blanks.
    public let filled: Int
    /// Rows read.
    public let rows: Int
    /// Different values, those that are filled.
    public let distinct: Int
    /// Whether `distinct` and the counts of frequent values are exact; otherwise they are estimates.
    public let hasExactCounts: Bool
    /// `nil` when nothing is filled.
    public let shortest: Extreme?
    /// `nil` when nothing is filled.
    public let longest: Extreme?
    /// The most frequent values first.
    public let frequent: [Frequent]
    /// `nil` when most values are neither numbers nor dates.
    public let histogram: Histogram?
}
