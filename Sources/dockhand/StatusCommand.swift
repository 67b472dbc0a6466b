import ArgumentParser
import ExactJSON
import Foundation
import Ledgers
import Records
import Reports

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", _superCommandName: "dockhand",
        abstract: "What the ledger knows: last runs, records, and whatever waits for somebody.",
        discussion: "Needs no network and no token.")

    @OptionGroup var arguments: LedgerArguments
    @OptionGroup var output: OutputOptions

    func run() throws {
        let place = try arguments.place()
        guard place.exists else {
            if output.format == .json {
                try Output.data(["ledger": .string(place.path), "pipelines": []])
            } else {
                try Output.data("no ledger at \(place.path): nothing has been run yet")
            }
            return
        }
        let ledger = try place.openExisting()
        let states = try ledger.targets().map { target, identity in try TargetStatus(ledger, target, identity) }
        switch output.format {
        case .json:
            try Output.data(["ledger": .string(place.path), "pipelines": .array(states.map(\.json))])
        case .text:
            try Output.data("ledger \(place.path)")
            for state in states { try Output.data("\n" + state.text(output.paint)) }
        }
    }
}
