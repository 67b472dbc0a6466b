/// How a verb ends, for scripts. The raw value is the process's exit code.
public enum ExitCode: Int, Sendable, Hashable, CaseIterable {
    /// Done; every row reached a good fate.
    case success = 0
    /// Finished; some rows were rejected, parked or failed.
    case rowsFailed = 1
    /// A plan has changes, and it was asked to say so by its exit code.
    case changes = 2
    /// Records are in doubt and need a person.
    case inDoubt = 3
    /// A guard stopped the run before it did harm.
    case guarded = 4
    /// The command line is wrong, or names what is not there.
    case usage = 64
    /// The input can't be read.
    case inputUnreadable = 65
    /// Salesdock could not be reached, or answered with nothing usable.
    case unreachable = 69
    /// Our bug.
    case software = 70
    /// The disk refused: full, not permitted, or broken.
    case disk = 74
    /// Stopped by a deadline, the budget or a held lock: run again later.
    case tryLater = 75
    /// 401 or 403.
    case noPermission = 77
    /// Bad pipeline file or configuration.
    case configuration = 78
    /// SIGINT; what was in flight is finished, and the next run resumes.
    case interrupted = 130
    /// SIGTERM; as for `interrupted`.
    case terminated = 143

    /// Rank among several pipelines' codes; the strongest wins.
    public var strength: Int {
        let order: [ExitCode] = [
            .success, .changes, .rowsFailed, .inDoubt, .inputUnreadable, .tryLater, .guarded, .unreachable,
            .configuration,
            .noPermission, .disk, .software, .usage, .terminated, .interrupted,
        ]
        return order.firstIndex(of: self) ?? order.count
    }

    /// The strongest of several codes.
    public static func strongest(_ codes: some Sequence<ExitCode>) -> ExitCode {
        codes.max { $0.strength < $1.strength } ?? .success
    }
}
