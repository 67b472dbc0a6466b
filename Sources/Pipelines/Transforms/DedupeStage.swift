import Records

/// One `dedupe`, compiled. Fields are compared as they are; normalise them in a map first.
struct DedupeStage: Sendable {
    var spec: DedupeSpec
    var slots: [Int]
    /// Which of the state's tables is this stage's.
    var table: Int

    func run(_ batch: inout RecordBatch, _ columns: [[Cell]], _ state: inout TransformState) throws(TransformError) {
        for row in 0..<batch.rowCount where batch.states[row] == .live {
            // A row without any of the fields equals nothing.
            if slots.allSatisfy({ columns[$0][row].isEmpty }) { continue }
            let hash = key(batch, columns, row, state.seed)
            let number = UInt64(batch.origins[row].row)
            guard let survivor = survivor(hash, number, &state), survivor != number else {
                if state.tables[table].count > spec.keysMax { throw tooManyKeys }
                continue
            }
            state.duplicates.append(TransformState.Duplicate(row: row, survivor: Int(survivor)))
            batch.drop(row: row, as: .duplicate)
        }
    }

    /// The number of the row that stays for this key, as far as it is known.
    private func survivor(_ hash: Hash128, _ number: UInt64, _ state: inout TransformState) -> UInt64? {
        switch (spec.keep, state.mode) {
        case (.first, _): return state.tables[table].insert(hash, number)
        case (.last, .collect):
            state.tables[table].update(hash, number)
            return nil
        case (.last, .decide): return state.tables[table].value(hash)
        }
    }

    private func key(_ batch: RecordBatch, _ columns: [[Cell]], _ row: Int, _ seed: Hash128) -> Hash128 {
        var hash = KeyedHash(seed: seed)
        let bytes = batch.bytes.span
        for slot in slots { hash.update(field: bytes.extracting(columns[slot][row].range)) }
        return hash.finish()
    }

    private var tooManyKeys: TransformError {
        TransformError(
            code: "dedupe.max_keys",
            message:
                "dedupe by \(spec.by.joined(separator: ", ")) has met more than \(spec.keysMax) distinct keys; raise "
                + "`max_keys` (about 28 bytes of memory a key), or split the input")
    }
}
