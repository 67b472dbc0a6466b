import ArgumentParser
import ExactJSON
import Ledgers

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", _superCommandName: "dockhand", abstract: "One record's whole story.",
        discussion: """
            Its Salesdock id and how it came, what was applied, every try and what became of it, and the records that \
            hang on it. Needs no network and no token. Shows what was applied, which is personal data, unless --mask is \
            given.
            """)

    @Argument(help: "The record's key; the parts of a key of several fields with ' + ' between them.")
    var key: String

    @Option(help: ArgumentHelp("Only in the pipeline of this name.", valueName: "name"))
    var pipeline: String?

    @Flag(help: "Hides the values that were applied.")
    var mask = false

    @OptionGroup var arguments: LedgerArguments
    @OptionGroup var output: OutputOptions

    func run() throws {
        let ledger = try arguments.place().openExisting()
        let stories = try ledger.find(key: key, pipeline: pipeline).map { try RecordStory($0, ledger, isMasked: mask) }
        switch output.format {
        case .json:
            let objects = stories.map(\.json)
            try Output.data(objects.count == 1 ? objects[0] : .array(objects))
        case .text: try Output.data(stories.map { $0.text(output.paint) }.joined(separator: "\n\n"))
        }
    }
}
