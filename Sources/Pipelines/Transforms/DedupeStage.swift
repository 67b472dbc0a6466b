import Records

/// One `dedupe`, compiled. Fields are compared as they are; normalise them in a map first.
struct DedupeStage: Sendable {
    var spec: DedupeSpec
    var slots: [Int]
    /// Which of the state's tables is this stage's.
    var table: Int

    /// Whether the fields are the record's key, which counts without white space around it.
    var isByKey = false

    /// A hash for each living row; zero for a row without any of the fields, which equals nothing.
    func hashes(_ batch: RecordBatch, _ columns: [[Cell]], _ seed: Hash128) -> [Hash128] {
        let none = Hash128(high: 0, low: 0)
        var hashes = [Hash128](repeating: none, count: batch.rowCount)
        let bytes = batch.bytes.span
        if slots.count == 1 {
            let column = columns[slots[0]]
            for row in hashes.indices where batch.states[row] == .live {
                let range = isByKey ? TextBytes.trimmed(bytes, column[row]) : column[row].range
                if !range.isEmpty { hashes[row] = KeyedHash.hash(bytes.extracting(range), seed: seed) }
            }
            return hashes
        }
        for row in hashes.indices where batch.states[row] == .live {
            if slots.allSatisfy({ columns[$0][row].isEmpty }) { continue }
            var hash = KeyedHash(seed: seed)
            for slot in slots {
                let cell = columns[slot][row]
                hash.update(field: bytes.extracting(isByKey ? TextBytes.trimmed(bytes, cell) : cell.range))
            }
            hashes[row] = hash.finish()
        }
        return hashes
    }

    func run(
        _ batch: inout RecordBatch, _ hashes: [Hash128], _ state: inout TransformState,
        _ accepts: TransformProgram.Acceptance?
    ) throws(TransformError) {
        let mode = state.mode
        var duplicates: [TransformState.Duplicate] = []
        defer { state.duplicates += duplicates }
        // The first pass of `keep: last` chooses, and accepts nobody yet.
        try run(&batch, hashes, &state.tables[table], mode, &duplicates, mode == .decide ? accepts : nil)
    }

    private func run(
        _ batch: inout RecordBatch, _ hashes: [Hash128], _ keys: inout KeyTable, _ mode: TransformState.Mode,
        _ duplicates: inout [TransformState.Duplicate], _ accepts: TransformProgram.Acceptance?
    ) throws(TransformError) {
        for hash in hashes.prefix(KeyTable.warmAhead) { keys.warm(hash) }
        for row in hashes.indices where batch.states[row] == .live {
            if row + KeyTable.warmAhead < hashes.count { keys.warm(hashes[row + KeyTable.warmAhead]) }
            if hashes[row] == Hash128(high: 0, low: 0) {
                _ = accepts?(row, &batch)
                continue
            }
            let number = UInt64(batch.origins[row].row)
            let survivor = survivor(hashes[row], number, &keys, mode) ?? number
            if survivor != number, survivor != Self.nobody {
                duplicates.append(TransformState.Duplicate(row: row, survivor: Int(survivor)))
                batch.drop(row: row, as: .duplicate)
                continue
            }
            // Only a row that is accepted stands for others.
            let isAccepted = accepts?(row, &batch) ?? true
            if spec.keep == .first, !isAccepted || survivor == Self.nobody {
                keys.update(hashes[row], isAccepted ? number : Self.nobody)
            }
            if keys.count > spec.keysMax { throw tooManyKeys }
        }
    }

    /// Stands for a key whose rows so far were all refused; rows are counted from 1.
    private static let nobody: UInt64 = 0

    /// The number of the row that stays for this key, as far as it is known.
    private func survivor(
        _ hash: Hash128, _ number: UInt64, _ keys: inout KeyTable, _ mode: TransformState.Mode
    ) -> UInt64? {
        switch (spec.keep, mode) {
        case (.first, _): return keys.insert(hash, number)
        case (.last, .collect):
            keys.update(hash, number)
            return nil
        case (.last, .decide): return keys.value(hash)
        }
    }

    private var tooManyKeys: TransformError {
        TransformError(
            code: "dedupe.max_keys",
            message:
                "dedupe by \(spec.by.joined(separator: ", ")) has met more than \(spec.keysMax) distinct keys; raise "
                + "`max_keys` (about 27 bytes of memory a key), or split the input")
    }
}
