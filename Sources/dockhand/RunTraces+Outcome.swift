import ExactJSON
import Ledgers
import Records
import Runs

extension RunTraces {
    /// The outcome of a run that has not told it itself, in the form in which the ledger keeps one.
    func outcome(of run: RunSummary) -> JSONValue {
        var balance = Balance()
        for (fate, count) in fates {
            balance.read(count)
            balance.settle(fate, count)
        }
        let seconds = lastSentUnixSeconds.map { max(0, Double($0 - run.startedUnixSeconds)) } ?? 0
        var outcome = PipelineOutcome(
            pipeline: run.identity.pipeline, mode: "run", balance: balance, duration: seconds, exit: .success)
        outcome.add(
            Notice(
                "run.killed",
                "this run was killed, or is still under way: the report has what the ledger knows of it. Rows that were as they should be, were left out or were not reached are not in it; run again to go on"
            ))
        guard var object = outcome.ledgerJSON.object else { return .null }
        object["exit"] = nil
        return .object(object)
    }
}
