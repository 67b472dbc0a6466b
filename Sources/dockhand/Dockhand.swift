import ArgumentParser
import Formats
import Runs

@main
struct Dockhand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dockhand",
        abstract: "Loads and unloads Salesdock in bulk, from declarative pipeline files.",
        discussion: """
            A pipeline is a file, or a folder whose pipelines run in the order that their refs demand. Data goes to \
            standard output, everything else to standard error.

            Exit codes: 0 every row reached a good fate · 1 some rows rejected, parked or failed · 2 plan --detailed-exitcode found changes · 3 in-doubt records \
            need a person · 4 stopped by a guard · 64 usage · 65 input unreadable · 69 Salesdock unreachable · 70 a \
            bug of ours · 74 disk · 75 stopped by deadline, budget or a held lock, run again later · 77 refused by \
            Salesdock (401, 403) · 78 bad pipeline file · 130, 143 stopped by a signal.
            """,
        version: "0.1.0",
        subcommands: [
            CheckCommand.self, PreviewCommand.self, ValidateCommand.self, PlanCommand.self, RunCommand.self,
            StatusCommand.self, RunsCommand.self, ExplainCommand.self, ResolveCommand.self, DoctorCommand.self,
            EmulatorCommand.self, SchemaCommand.self,
        ])

    /// Parses, runs, and turns whatever is thrown into a message and an exit code.
    static func main() async {
        Arenas.configure(processors: Processors.count)
        StopRelay.ignoreBrokenPipes()
        do { await carryOut(try await parse()) } catch { exit(withError: error) }
    }

    /// Runs a verb and ends the process.
    ///
    /// Ends it where it is, since going back to the first thread first would take a millisecond.
    @concurrent
    private static func carryOut(_ command: any ParsableCommand) async -> Never {
        var command = command
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit()
        } catch {
            // What is no verb of ours is the parser's own: help, or the script for a shell's completion.
            let isVerb = configuration.subcommands.contains { $0 == type(of: command) }
            if !isVerb || error is CleanExit || error is ValidationError { exit(withError: error) }
            Failure.exit(error)
        }
    }

    /// What the arguments ask for.
    ///
    /// A verb in the first place is parsed by itself, since all verbs together take several milliseconds more. What it
    /// doesn't take, and what is no run of it, such as help, is left to all of them, for the message. Verbs name dockhand as
    /// what they belong to, since the parser looks for requests of completion scripts otherwise, for two milliseconds.
    private static func parse() async throws -> any ParsableCommand {
        let arguments = CommandLine.arguments.dropFirst()
        let verb = configuration.subcommands.first { $0.configuration.commandName == arguments.first }
        if let verb, let command = try? verb.parseAsRoot(Array(arguments.dropFirst())), type(of: command) == verb {
            return command
        }
        return try await asyncParseAsRoot()
    }
}
