import ArgumentParser

enum PlanFormat: String, Choice {
    case text, json, html
}

/// The form of a plan.
struct PlanOutputOptions: ParsableArguments {
    @Option(help: "text for people, json for scripts, html as one page for a browser; on standard output.")
    var format: PlanFormat = .text

    @Option(help: "Colours; auto: on a terminal, unless NO_COLOR is set.")
    var color: ColorMode = .auto

    @Option(help: "Language of the page; the locale's without it.")
    var lang: ReportLanguage?

    /// What other verbs have as well.
    var shared: OutputOptions {
        var options = OutputOptions()
        options.format = format == .json ? .json : .text
        options.color = color
        return options
    }
}
