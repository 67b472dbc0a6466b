import ArgumentParser
import Pipelines
import Runs

/// How much of the source is read, and how much of it may be wrong.
struct RowOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Most rows that are read of each pipeline.", valueName: "n"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Most rejected rows, as a number or a percentage; more stops before anything is sent.", valueName: "n|n%"))
    var maxErrors: ErrorThreshold?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    var runOptions: RunOptions {
        var options = RunOptions()
        options.rowsMax = limit
        options.maxErrors = maxErrors?.threshold
        return options
    }
}

/// `20` or `5%`.
struct ErrorThreshold: ExpressibleByArgument {
    let threshold: Threshold

    init?(argument: String) {
        if argument.hasSuffix("%") {
            guard let percent = Double(argument.dropLast()), (0...100).contains(percent) else { return nil }
            threshold = .percent(percent)
        } else {
            guard let count = Int(argument), count >= 0 else { return nil }
            threshold = .count(count)
        }
    }
}
