public import Records

/// A pipeline's transforms, compiled once into operations over columns of bytes.
///
/// The stages run in file order. A row that a stage rejects, filters or drops as a duplicate takes no part in later
/// stages. Salesdock's own rules run after the declared stages, but before a `dedupe` that ends the list, so that a row
/// that Salesdock would refuse never displaces a good one.
public struct TransformProgram: Sendable {
    /// One field of the records that leave the transforms.
    public struct Target: Sendable, Hashable {
        /// What a target's value stands for.
        public enum Kind: Sendable, Hashable {
            /// The value is sent as it is.
            case plain
            /// The value is a key of this pipeline and becomes the Salesdock id it has there.
            case reference(String)
            /// The value names an entity that no pipeline loads and becomes its Salesdock id.
            case lookup(LookupSpec)
            /// The value is a file's path.
            case file(FileSpec)
            /// The value is one element of a list, or a whole list.
            case list
        }

        /// Dotted, with a final `[]` for a list; the name of the batch's column.
        public let name: String
        /// What its value stands for.
        public let kind: Kind

        /// - Parameter name: dotted, with a final `[]` for a list.
        public init(name: String, kind: Kind = .plain) {
            self.name = name
            self.kind = kind
        }
    }

    enum Stage: Sendable {
        case map(MapStage)
        case filter(FilterStage)
        case validate(ValidateStage)
        case dedupe(DedupeStage)
        case rules(RulesStage)
    }

    /// Where a slot gets its cells when a batch comes in.
    struct Input: Sendable {
        var name: String
        var slot: Int
        /// Whether the column may be missing.
        var isOptional: Bool
    }

    /// Every source field that the pipeline uses, in the order of first use; `nil` for all when there is no map.
    public let sourceFields: [String]?
    /// What the records consist of, in mapping order; empty when there is no map, since every column is then one.
    public let targets: [Target]
    /// Whether the source's own columns are the targets.
    public var isIdentity: Bool { sourceFields == nil }
    /// Whether a `dedupe` keeps last rows, so that the input is read once to collect and once to decide.
    public let needsCollecting: Bool

    let stages: [Stage]
    let inputs: [Input]
    let slotCount: Int
    /// The slot of each target.
    let outputs: [Int]
    /// Index of the first `dedupe` among the stages; their number when there is none.
    private let firstDedupe: Int
    /// Whether a `dedupe` lets only one row of each key pass, so that no two rows of one key can meet behind it.
    public let dedupesByKey: Bool
    private let dedupes: [DedupeSpec]

    /// Compiles the transforms of a pipeline.
    ///
    /// - Parameters:
    ///   - rules: what the sink demands; `nil` for a file.
    ///   - today: what `today` means in a check; asked for only where one says so.
    /// - Throws: every problem of the stages at once.
    public init(
        _ definition: PipelineDefinition, rules: SalesdockRules?,
        today: @autoclosure @escaping () throws(PatternProblem) -> CivilDate
    ) throws(DiagnosticsError) {
        var compiler = TransformCompiler(definition, rules: rules, today: today)
        compiler.compile()
        if compiler.diagnostics.contains(where: { $0.severity == .error }) {
            throw DiagnosticsError(compiler.diagnostics)
        }
        sourceFields = compiler.hasMap ? compiler.inputs.filter { !$0.isOptional }.map(\.name) : nil
        targets = compiler.targets.map(\.target)
        outputs = compiler.targets.map(\.slot)
        stages = compiler.stages
        firstDedupe = stages.firstIndex { if case .dedupe = $0 { true } else { false } } ?? stages.count
        dedupesByKey = compiler.dedupesByKey
        inputs = compiler.inputs
        slotCount = compiler.slotCount
        dedupes = compiler.dedupes
        needsCollecting = compiler.dedupes.contains { $0.keep == .last }
    }

    /// The state for one reading of the input.
    ///
    /// - Parameter seed: of the hashes that `dedupe` compares; random for each run.
    public func makeState(seed: Hash128) -> TransformState {
        let lasting = dedupes.indices.filter { dedupes[$0].keep == .last }
        return TransformState(seed: seed, tables: dedupes.count, lasting: Set(lasting))
    }

    /// Whether `prepare` does everything but the last `dedupe`, if there is one at all.
    public var endsAtDedupe: Bool { firstDedupe >= stages.count - 1 }

    /// Runs every stage over a batch: adds or replaces the targets' columns, and reports and drops rows.
    ///
    /// - Throws: when the batch lacks a field, or `dedupe` has met too many keys.
    public func apply(_ batch: inout RecordBatch, state: inout TransformState) throws(TransformError) {
        let prepared = try prepare(&batch, seed: state.seed)
        try settle(&batch, prepared, state: &state)
    }

    /// Runs the stages before the first `dedupe`, which look at nothing but the batch: any batch, on any thread.
    ///
    /// - Parameter seed: the state's.
    /// - Throws: when the batch lacks a field.
    public func prepare(_ batch: inout RecordBatch, seed: Hash128) throws(TransformError) -> PreparedRows {
        var rows = PreparedRows(slots: try load(batch), isComplete: batch.liveRows)
        for stage in stages[..<firstDedupe] { run(stage, &batch, &rows) }
        if firstDedupe < stages.count, case .dedupe(let stage) = stages[firstDedupe] {
            rows.hashes = stage.hashes(batch, rows.slots, seed)
        }
        if endsAtDedupe { store(rows.slots, &batch) }
        return rows
    }

    /// Whether a `dedupe` ends the list, and nothing of it comes before that.
    public var endsWithDedupe: Bool { firstDedupe == stages.count - 1 }

    /// Asked of a row that would stay; false when the row was dropped or rejected, and so stands for no other.
    public typealias Acceptance = (_ row: Int, _ batch: inout RecordBatch) -> Bool

    /// Runs the stages from the first `dedupe` on; batches come in order.
    ///
    /// - Parameter accepts: asked by a `dedupe` that ends the list, in row order, of each row that it lets pass; `nil` to
    ///   accept them all.
    /// - Throws: when `dedupe` has met too many keys.
    public func settle(
        _ batch: inout RecordBatch, _ prepared: consuming PreparedRows, state: inout TransformState,
        accepts: Acceptance? = nil
    ) throws(TransformError) {
        state.duplicates = []
        for index in firstDedupe..<stages.count {
            guard case .dedupe(let stage) = stages[index] else {
                run(stages[index], &batch, &prepared)
                continue
            }
            let hashes = index == firstDedupe ? prepared.hashes : stage.hashes(batch, prepared.slots, state.seed)
            try stage.run(&batch, hashes, &state, index == stages.count - 1 ? accepts : nil)
            for row in prepared.isComplete.indices where batch.states[row] == .duplicate {
                prepared.isComplete[row] = false
            }
            // What comes after depends on which rows stay.
            if stage.spec.keep == .last, state.mode == .collect {
                fillUnset(&prepared.slots, from: index + 1, batch.rowCount)
                return store(prepared.slots, &batch)
            }
        }
        if !endsAtDedupe { store(prepared.slots, &batch) }
    }

    private func run(_ stage: Stage, _ batch: inout RecordBatch, _ rows: inout PreparedRows) {
        switch stage {
        case .map(let stage):
            stage.run(&batch, &rows.slots)
            rows.isComplete = batch.liveRows
        case .filter(let stage):
            stage.run(&batch, rows.slots)
            for row in rows.isComplete.indices where batch.states[row] == .filtered { rows.isComplete[row] = false }
        case .validate(let stage): stage.run(&batch, rows.slots)
        case .rules(let stage): stage.run(&batch, rows.slots, rows: rows.isComplete)
        case .dedupe: preconditionFailure("dedupe keeps a state and is settled in order")
        }
    }

    private func load(_ batch: RecordBatch) throws(TransformError) -> [[Cell]] {
        var slots = [[Cell]](repeating: [], count: slotCount)
        for input in inputs {
            if let column = batch.column(input.name) {
                slots[input.slot] = batch.columns[column].cells
            } else if input.isOptional {
                slots[input.slot] = Array(repeating: .null, count: batch.rowCount)
            } else {
                throw TransformError(
                    code: "field.missing", message: Self.missing(input.name, batch.columns.map(\.name), targets))
            }
        }
        return slots
    }

    /// Nulls for the targets of maps that did not run.
    private func fillUnset(_ slots: inout [[Cell]], from index: Int, _ rows: Int) {
        for case .map(let stage) in stages[index...] {
            for entry in stage.entries { slots[entry.slot] = Array(repeating: .null, count: rows) }
        }
    }

    private func store(_ slots: [[Cell]], _ batch: inout RecordBatch) {
        for (target, slot) in zip(targets, outputs) {
            batch.set(RecordBatch.Column(name: target.name, cells: slots[slot]))
        }
    }

    private static func missing(_ name: String, _ columns: [String], _ targets: [Target]) -> String {
        if targets.contains(where: { $0.name == name }) {
            return "the source has no field '\(name)'; it is the target of a map, so use it in a stage after that map"
        }
        return "the source has no field '\(name)'" + Spelling.hint(for: name, in: columns, what: "it has")
    }
}

/// A batch between `prepare` and `settle`.
public struct PreparedRows: Sendable {
    var slots: [[Cell]]
    /// Rows whose targets all got their values.
    var isComplete: [Bool]
    /// By row, of the first `dedupe`; zero for a row without any of its fields.
    var hashes: [Hash128] = []
}
