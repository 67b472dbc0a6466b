public import Records

/// Looks at the rows of a run, for a report.
public struct RunObserver: Sendable {
    /// Told what the source's files are, before they are read.
    public var look: @Sendable (SourceLook) throws -> Void
    /// Gets every batch of the first pass, in order: what the transforms and Salesdock's rules say of its rows.
    public var batch: BatchObserver
    /// Gets what the second pass finds out about a row, such as Salesdock's refusal.
    ///
    /// - `key`: `nil` when the row has none.
    public var found: @Sendable (_ issues: [Issue], _ origin: RecordOrigin, _ key: String?) -> Void

    public init(
        look: @escaping @Sendable (SourceLook) throws -> Void, batch: @escaping BatchObserver,
        found: @escaping @Sendable (_ issues: [Issue], _ origin: RecordOrigin, _ key: String?) -> Void
    ) {
        self.look = look
        self.batch = batch
        self.found = found
    }
}
