import ArgumentParser
import Foundation
import Reports

enum OutputFormat: String, Choice {
    case text, json
}

enum ColorMode: String, Choice {
    case auto, always, never
}

/// The form of what a verb prints.
struct OutputOptions: ParsableArguments {
    @Option(help: "text for people, json for scripts: one object on standard output.")
    var format: OutputFormat = .text

    @Option(help: "Colours; auto: on a terminal, unless NO_COLOR is set.")
    var color: ColorMode = .auto

    /// For standard output.
    var paint: Paint { Paint(isOn: wantsColor(isTerminal: Output.isOutputTerminal)) }
    /// For standard error.
    var notePaint: Paint { Paint(isOn: wantsColor(isTerminal: Output.isErrorTerminal)) }

    private func wantsColor(isTerminal: Bool) -> Bool {
        switch color {
        case .always: return true
        case .never: return false
        case .auto:
            let environment = ProcessInfo.processInfo.environment
            return isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        }
    }
}
