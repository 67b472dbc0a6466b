import Formats
import Pipelines
import Records
import Salesdock
import SalesdockFacts

/// A pipeline, compiled, and its source, opened: what every verb starts from.
struct PreparedPipeline: Sendable {
    let definition: PipelineDefinition
    let program: TransformProgram
    let source: SourceOpening
    let seed: Hash128

    /// - Parameters:
    ///   - environment: its day is that of checks that name today.
    ///   - spoolFolder: for standard input and pipes, which are copied first.
    /// - Throws: `StoppedWhileReading` when a stop is asked for while they are copied.
    init(
        _ definition: PipelineDefinition, environment: RunEnvironment,
        spoolFolder: @escaping @Sendable () throws -> String
    )
        throws
    {
        let seed = environment.seed
        self.definition = definition
        self.seed = seed
        var rules: SalesdockRules?
        if case .salesdock(let sink) = definition.sink { rules = SalesdockRules(sink) }
        let today = environment.today()
        program = try TransformProgram(definition, rules: rules, today: try today())
        source = try SourceOpening(
            definition, fields: program.sourceFields, spool: Spool(folder: spoolFolder, stop: environment.stop))
    }

    var sink: SalesdockSink? { if case .salesdock(let sink) = definition.sink { sink } else { nil } }

    /// Reads which record a row is.
    var keyReader: RowKeyReader { RowKeyReader(program, definition, folders: source.folders, seed: seed) }

    /// The transforms, and what a row must have besides.
    var gate: RowGate { RowGate(program, keyReader, DraftBuilder(program, definition), source) }

    /// The state that the transforms start with; reads the source once more where `keep: last` needs it.
    ///
    /// - Throws: `StoppedWhileReading` when a stop is asked for meanwhile.
    func startState(rowsMax: Int?, stop: StopSignal) throws -> TransformState {
        var state = program.makeState(seed: seed)
        guard state.mode == .collect else { return state }
        let gate = gate
        var reader = try SourceReader(source.definition)
        var rows = 0
        while rows < rowsMax ?? .max, var batch = try reader.next() {
            if let cause = stop.cause { throw StoppedWhileReading(exit: cause.exit) }
            batch.keepFirst(rows: (rowsMax ?? .max) - rows)
            try gate.apply(&batch, state: &state, seed: seed)
            rows += batch.rowCount
        }
        state.startDeciding()
        return state
    }

    func stream(
        _ state: consuming TransformState, keepsRaw: Bool, tracksKeys: Bool = false, rowsMax: Int?
    ) throws -> RowStream {
        try RowStream(self, state: state, keepsRaw: keepsRaw, tracksKeys: tracksKeys, rowsMax: rowsMax)
    }

    /// Where rejected rows go, in the source's own format.
    ///
    /// - Parameter isDryRun: a dry run leaves those of the last run as they are.
    func rejects(_ places: RunPlaces, isDryRun: Bool = false) -> (path: String, definition: SourceDefinition) {
        let name = "rejects.\(RejectWriter.fileExtension(of: source.definition.format))"
        let isApart = isDryRun && !places.isOwnFolder
        return (places.file(isApart ? "validate.\(name)" : name, of: definition.name), source.definition)
    }

    /// Where accepted rows go.
    func accepted(_ places: RunPlaces) -> String { places.file("accepted.ndjson", of: definition.name) }
}
