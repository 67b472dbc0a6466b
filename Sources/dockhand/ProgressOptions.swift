import ArgumentParser

enum ProgressMode: String, Choice {
    case auto, json, none
}

/// What is told while a verb works.
struct ProgressOptions: ParsableArguments {
    @Option(
        help: "On standard error; auto: a few steady lines on a terminal, elsewhere a line now and then; json: objects."
    )
    var progress: ProgressMode = .auto

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    func printer(_ output: OutputOptions) -> ProgressPrinter {
        if quiet || progress == .none { return ProgressPrinter(form: .none) }
        if progress == .json { return ProgressPrinter(form: .json) }
        return ProgressPrinter(form: Output.isErrorTerminal ? .bar(output.notePaint) : .lines)
    }
}
