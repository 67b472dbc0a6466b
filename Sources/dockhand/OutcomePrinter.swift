import ExactJSON
import Records
import Reports
import Runs

/// Prints what the pipelines of one verb came to.
struct OutcomePrinter {
    let output: OutputOptions
    /// Whether the verb talks to Salesdock.
    let hasRequests: Bool
    /// Whether standard output holds the records themselves.
    var isOutputTaken = false

    private var isJSON: Bool { output.format == .json }
    private var paint: Paint { isOutputTaken ? output.notePaint : output.paint }

    /// Prints one pipeline as soon as it is done; JSON waits for all.
    func printEach(_ end: PipelineEnd) throws {
        guard end.hasBegun else { return }
        if !isJSON { return try write(Summary(end.outcome, hasRequests: hasRequests).text(paint) + "\n") }
        // Whoever reads standard output is a program; a person is told all the same.
        if end.outcome.exit.endsRun {
            for message in end.outcome.messages {
                Output.note("error: \(end.outcome.pipeline): \(Failure.printable(message))")
            }
        }
    }

    /// Prints the end: all objects, or the balance over several pipelines.
    func printAll(_ ends: [PipelineEnd]) throws {
        let outcomes = ends.map(\.outcome)
        if isJSON {
            let objects = outcomes.map(\.json)
            try write((objects.count == 1 ? objects[0] : .array(objects)).text)
        } else if outcomes.count > 1 {
            let total = outcomes.reduce(Balance()) { $0 + $1.balance }
            try write("\(Quantity.count(outcomes.count, "pipeline")): \(total.equation)")
        }
    }

    private func write(_ text: String) throws { if isOutputTaken { Output.note(text) } else { try Output.data(text) } }
}
