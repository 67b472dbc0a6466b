import Records

/// What a run's second pass leaves behind.
struct FinishedLoop: ~Copyable {
    private var account: RowAccount
    /// Digest of what was read; `nil` when it was not read to its end.
    let digest: Hash128?

    init(account: consuming RowAccount, digest: Hash128?) {
        self.account = account
        self.digest = digest
    }

    var balance: Balance { account.balance }
    var problems: [String: Int] { account.problems }
    var warnings: Int { account.warnings }

    /// Notes the last fates and publishes the rejects; `nil` without any.
    mutating func rejects() throws -> String? { try account.finish() }
}
