public import Records

/// Delivers a source's records batch by batch, in order, in bounded memory.
///
/// The result never depends on how the bytes were cut into blocks. A reader that fails has delivered every good record
/// that stands before the failure.
public protocol BatchReader: ~Copyable {
    /// The next batch, or `nil` at the clean end of the input.
    mutating func next() throws(FormatError) -> RecordBatch?
}
