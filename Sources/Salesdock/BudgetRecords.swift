/// The file of a budget: a header and the changes of its log, each of one fixed size, as 64-bit words in little-endian
/// order. A change counts once the header says so, and the header proves every byte before its end; what does not fit
/// together was damaged, and nothing of it is believed.
enum BudgetRecords {
    static let recordBytes = 64
    private static let wordCount = 8
    /// "dockbud2", so that a file of another kind is known as such.
    private static let magic: UInt64 = 0x3264_7562_6B63_6F64

    /// What a header says of the records after it.
    struct Header: Equatable {
        var count: Int
        /// Over all records in order, from `Checksum.seed` on.
        var checksum: UInt64

        init(count: Int = 0, checksum: UInt64 = Checksum.seed) {
            self.count = count
            self.checksum = checksum
        }

        /// Carries the header on over more records.
        mutating func extend(over words: [UInt64]) {
            count += words.count / wordCount
            for word in words { checksum = Checksum.next(checksum, word) }
        }

        var words: [UInt64] {
            let head = [magic, UInt64(count), checksum]
            return head + [head.reduce(Checksum.seed, Checksum.next), 0, 0, 0, 0]
        }

        /// `nil` for bytes that no header has.
        init?(_ bytes: [UInt8]) {
            let words = BudgetRecords.words(bytes)
            guard words.count == wordCount, words[0] == magic, let count = Int(exactly: words[1]),
                count <= recordsMax, words[3] == words[0..<3].reduce(Checksum.seed, Checksum.next),
                words[4...].allSatisfy({ $0 == 0 })
            else { return nil }
            self.init(count: count, checksum: words[2])
        }
    }

    /// More than the largest configurable limit ever needs; a header that says more is damaged.
    static let recordsMax = 16 << 20

    /// A mix of words in which changing any one of them changes the result.
    enum Checksum {
        static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15

        static func next(_ sum: UInt64, _ word: UInt64) -> UInt64 {
            let mixed = (sum ^ word) &* 0xBF58_476D_1CE4_E5B9
            return mixed ^ (mixed >> 31)
        }
    }

    static func words(of changes: [BudgetChange]) -> [UInt64] {
        var words: [UInt64] = []
        words.reserveCapacity(changes.count * wordCount)
        for change in changes {
            let record = record(change)
            words += record
            words += repeatElement(0, count: wordCount - record.count)
        }
        return words
    }

    /// The changes that the words say; `nil` when one of them says nothing.
    static func changes(_ words: [UInt64]) -> [BudgetChange]? {
        guard words.count % wordCount == 0 else { return nil }
        var changes: [BudgetChange] = []
        changes.reserveCapacity(words.count / wordCount)
        for start in stride(from: 0, to: words.count, by: wordCount) {
            guard let change = change(words[start..<start + wordCount]) else { return nil }
            changes.append(change)
        }
        return changes
    }

    private static func record(_ change: BudgetChange) -> [UInt64] {
        switch change {
        case .began(let bootID, let nextNumber): [1, word(nextNumber)] + text(bootID)
        case .granted(let id, let end): [2, word(id.time), word(id.number), word(end)]
        case .answered(let id, let time, let isCounted):
            [3, word(id.time), word(id.number), word(time), isCounted ? 1 : 0]
        case .givenBack(let id): [4, word(id.time), word(id.number)]
        case .limited(let limit): [5, word(Int64(limit))]
        case .observed(let seen):
            [
                6, word(seen.id.time), word(seen.id.number), word(seen.first.time), word(seen.first.number),
                word(seen.arrived), word(Int64(seen.remaining)), word(Int64(seen.counted)),
            ]
        case .blocked(let block): [7, word(block.until), word(block.length)]
        case .waits(let waiter): [8, waiter.id, word(waiter.due)]
        case .left(let waiter): [9, waiter]
        case .windowBegan(let id): [10, word(id.time), word(id.number)]
        }
    }

    private static func change(_ words: ArraySlice<UInt64>) -> BudgetChange? {
        let words = Array(words)
        func number(_ place: Int) -> Int64 { Int64(bitPattern: words[place]) }
        func time(_ place: Int) -> BootTime { BootTime(nanoseconds: number(place)) }
        func id(_ place: Int) -> GrantID { GrantID(time: time(place), number: number(place + 1)) }
        switch words[0] {
        case 1: return .began(bootID: text(words[2...]), nextNumber: number(1))
        case 2: return .granted(id(1), end: time(3))
        case 3: return .answered(id(1), at: time(3), isCounted: words[4] == 1)
        case 4: return .givenBack(id(1))
        case 5: return .limited(Int(number(1)))
        case 6:
            return .observed(
                BudgetLog.Observation(
                    id: id(1), remaining: Int(number(6)), arrived: time(5), first: id(3), counted: Int(number(7))))
        case 7: return .blocked(BudgetLog.Block(until: time(1), length: .nanoseconds(number(2))))
        case 8: return .waits(BudgetLog.Waiter(id: words[1], due: time(2)))
        case 9: return .left(words[1])
        case 10: return .windowBegan(id(1))
        default: return nil
        }
    }

    private static func word(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }
    private static func word(_ value: BootTime) -> UInt64 { word(value.nanoseconds) }
    private static func word(_ value: Duration) -> UInt64 { word(value.wholeNanoseconds) }

    /// A boot's id. One that is too long comes back shorter, thus as another boot, which only makes the budget wait.
    private static func text(_ text: String) -> [UInt64] {
        let bytes = Array(text.utf8.prefix(48))
        return words(bytes + repeatElement(0, count: 48 - bytes.count))
    }

    private static func text(_ words: some Sequence<UInt64>) -> String {
        String(decoding: bytes(Array(words)).prefix { $0 != 0 }, as: UTF8.self)
    }

    static func bytes(_ words: [UInt64]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.count * 8)
        for word in words {
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return bytes
    }

    /// Whole words only; bytes at the end that make none are left out.
    static func words(_ bytes: [UInt8]) -> [UInt64] {
        stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
        }
    }
}
