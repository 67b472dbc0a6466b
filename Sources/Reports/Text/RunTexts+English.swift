extension RunTexts {
    static let english = RunTexts(
        title: "Run report",
        verdictAll: "All {0} rows are in Salesdock",
        verdictSome: ("{0} of {1} rows is in Salesdock", "{0} of {1} rows are in Salesdock"),
        verdictOnly: ("The only row is in Salesdock", "The only row is not in Salesdock"),
        verdictNone: "None of the {1} rows is in Salesdock",
        verdictRefused: "Nothing was sent",
        created: ("{0} record was created.", "{0} records were created."),
        updated: ("{0} was updated.", "{0} were updated."),
        unchanged: ("{0} was as it should be.", "{0} were as they should be."),
        parked: ("{0} row waits for another record.", "{0} rows wait for other records."),
        failed: ("{0} row failed.", "{0} rows failed."),
        doubtful: ("{0} row is in doubt and needs a decision.", "{0} rows are in doubt and need a decision."),
        pending: ("{0} row is not done yet; run again to go on.", "{0} rows are not done yet; run again to go on."),
        notDone: "not done yet",
        fromLedger:
            "This report was made afterwards from the ledger, which keeps no rows of the source: examples, columns, duplicates, warnings and rejected rows are left out.",
        run: "The run", number: "Number", target: "Into", started: "Started", duration: "Duration", exit: "Exit code",
        doubts: "Records in doubt",
        doubtsNote:
            "Nobody knows whether these writes happened. Until that is decided, nothing more is sent for these records.",
        doubtsHow: "Look for each record in Salesdock. Then say what is so, with its key and its id, or absent:",
        doubtsCaption: "Records that need a decision", reason: "Why",
        writes: "What was written", writesCaption: "Writes of this run",
        writesFile: "All of them are in {0}.",
        id: "Salesdock id", call: "Call", outcome: "Outcome",
        requests: "Requests",
        requestsSum: "{0} requests in {1}; {2} were tries again, and {3} were answered with too many requests.",
        callsCaption: "Requests by kind", count: "Requests",
        waitsCaption: "What was waited for", waitsNote: "Time in which several requests waited counts once.",
        wait: "Waited for", time: "Time",
        waits: [
            "limit": "the limit of requests a minute", "trouble": "the end of errors at Salesdock",
            "retry": "the pause before another try", "settling": "the look-up of a lost answer",
        ],
        retryAfter: (
            "{0} answer named a time to wait: {1}.", "{0} answers named a time to wait, {1} at most."
        ),
        slowestCaption: "The slowest answers", after: "After", took: "Took",
        outcomes: [
            "applied": "done", "failed": "not done", "intent": "not known", "unknown": "not known",
            "in_doubt": "in doubt", "rejected": "refused", "forbidden": "not allowed", "not_sent": "not sent",
            "throttled": "too many requests", "token_replaced": "token replaced", "refused": "refused",
        ],
        timeline: "Requests in the minute before, from the beginning of the run to its end",
        timelineSpoken: "At most {0} requests in a minute; the limit is {1}.",
        timelineMean: "Each bar is the mean of {0} minutes.",
        limitLine: "The line is the limit.")
}
