import ArgumentParser
import Pipelines

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", _superCommandName: "dockhand",
        abstract: "Prints the JSON Schema of pipeline files, for editors.")

    func run() throws {
        var text = JSONSchema.text()[...]
        while text.last == "\n" { text = text.dropLast() }
        try Output.data(String(text))
    }
}
