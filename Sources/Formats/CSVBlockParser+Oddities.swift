internal import Records

/// Rows that are out of the ordinary: of the wrong form, with bytes that are no text, or behind issue columns.
extension CSVBlockParser {
    /// Adds the row of a record that was parsed before.
    ///
    /// - Parameter isBegun: whether the builder has a row for it.
    func take(
        _ oddity: CSVOddity, _ block: borrowing CSVBlock, _ place: inout CSVPlace, _ builder: inout BlockRowBuilder,
        isBegun: Bool = false
    ) {
        place.skipLineEnds(before: oddity.range.lowerBound, block.bytes.span)
        if !isBegun { builder.beginRow(place.origin(file: fileIndex)) }
        let skipped = issueColumnCount(oddity, block.bytes.span)
        let rawStart = rawStart(oddity, skipping: skipped)
        builder.replaceOrigin(place.origin(file: fileIndex, raw: rawStart..<oddity.range.upperBound))
        fillRow(oddity, block, place, skipped, &builder)
        place.advance(past: oddity, block)
    }

    private func fillRow(
        _ oddity: CSVOddity, _ block: borrowing CSVBlock, _ place: CSVPlace, _ skipped: Int,
        _ builder: inout BlockRowBuilder
    ) {
        for output in columns.outputs.indices { builder.set(output, .null) }
        if let bytes = oddity.skippedBytes {
            return builder.report(.recordTooLarge(bytes: bytes, line: place.line, max: recordBytesMax))
        }
        for index in 0..<min(oddity.fields.count - skipped, columns.names.count) {
            let target = columns.targets[index]
            guard target >= 0 else { continue }
            let field = oddity.fields[skipped + index]
            if field.isEscaped, let quote = dialect.quote {
                builder.setUnescaping(target, block.bytes.span, field.start..<field.end, quote: quote)
            } else {
                builder.set(target, Cell(kind: .text, offset: field.start, length: field.end - field.start))
            }
        }
        if oddity.fault != nil || oddity.fieldCount - skipped != columns.names.count {
            judgeForm(oddity, skipped, line: place.line, &builder)
        }
        judgeText(oddity, block, place, skipped, &builder)
    }

    /// How many issue columns stand before the record's own fields.
    private func issueColumnCount(_ oddity: CSVOddity, _ bytes: Span<UInt8>) -> Int {
        let count = CSVColumns.issueColumns.count
        if columns.hasIssueColumns { return min(count, oddity.fields.count) }
        guard dialect.columns != nil, oddity.fieldCount == columns.names.count + count, oddity.fields.count > count
        else { return 0 }
        return isInteger(oddity.fields[0], bytes) && isInteger(oddity.fields[1], bytes) ? count : 0
    }

    /// Where the source's own part of the record starts; a faulty one that ends in its issue columns is kept whole.
    private func rawStart(_ oddity: CSVOddity, skipping skipped: Int) -> Int {
        if skipped == 0 || oddity.skippedBytes != nil { return oddity.range.lowerBound }
        if oddity.fields.count > skipped { return oddity.fields[skipped].rawStart }
        return oddity.fault == nil ? oddity.range.upperBound : oddity.range.lowerBound
    }

    private func isInteger(_ field: CSVField, _ bytes: Span<UInt8>) -> Bool {
        guard field.start < field.end else { return false }
        for position in field.start..<field.end where !(0x30...0x39 ~= bytes[position]) { return false }
        return true
    }

    private func judgeForm(_ oddity: CSVOddity, _ skipped: Int, line: Int, _ builder: inout BlockRowBuilder) {
        let found = oddity.fieldCount - skipped
        let expected = columns.names.count
        let field = columns.names.indices.contains(found) ? columns.names[found] : nil
        switch oddity.fault {
        case .textAfterQuote:
            builder.report(.textAfterQuote(field: field))
        case .unterminatedQuote(let lineBreaks):
            builder.report(.unterminatedQuote(field: field, line: line + lineBreaks, max: recordBytesMax))
        case nil:
            if found < expected, dialect.ragged == .pad { return }
            builder.report(.ragged(expected: expected, found: found))
        }
    }

    private func judgeText(
        _ oddity: CSVOddity, _ block: borrowing CSVBlock, _ place: CSVPlace, _ skipped: Int,
        _ builder: inout BlockRowBuilder
    ) {
        let bytes = block.bytes.span
        let problems = block.problems(in: oddity.range)
        if problems.isEmpty, isCleanText(bytes, oddity.range) { return }
        let encoding = block.encoding
        func offset(_ position: Int) -> Int {
            place.byteOffset + encoding.contentLength(of: bytes.extracting(oddity.range.lowerBound..<position))
        }
        var hasNUL = false
        for index in skipped..<max(skipped, oddity.fields.count) {
            let field = oddity.fields[index]
            let range = field.start..<field.end
            let name = columns.names.indices.contains(index - skipped) ? columns.names[index - skipped] : nil
            var isBad = false
            if let position = firstInvalidUTF8(in: bytes, range) {
                isBad = true
                builder.report(.invalidEncoding(encoding, field: name, byteOffset: offset(position)))
            }
            if let problem = problems.first(where: { range.contains($0.position) }) {
                isBad = true
                let offset = offset(problem.position)
                builder.report(
                    problem.kind == .undefined
                        ? .undefinedByte(encoding, field: name, byteOffset: offset)
                        : .invalidEncoding(encoding, field: name, byteOffset: offset))
            }
            if let position = range.first(where: { bytes[$0] == 0 }) {
                isBad = true
                if !hasNUL { builder.report(.nulByte(field: name, byteOffset: offset(position))) }
                hasNUL = true
            }
            if isBad, index - skipped < columns.targets.count, columns.targets[index - skipped] >= 0 {
                builder.set(columns.targets[index - skipped], .null)
            }
        }
    }
}
