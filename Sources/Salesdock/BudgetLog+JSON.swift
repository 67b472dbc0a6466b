internal import ExactJSON

extension BudgetLog {
    private static let version = 1

    /// The log as a file's content; it holds times and counts only.
    var fileBytes: [UInt8] {
        // The entries are many and are written for every request: as text at once, without a value for each number.
        let rows = entries.map { entry in
            let answered = entry.answered.map { String($0.nanoseconds) } ?? "null"
            return "[\(entry.id.time.nanoseconds),\(entry.id.number),\(entry.timeout.wholeNanoseconds),\(answered)]"
        }
        return Array("{\"entries\":[\(rows.joined(separator: ",\n"))],".utf8) + head.bytes.dropFirst()
    }

    /// Everything but the entries.
    private var head: JSONValue {
        var object = JSONObject([
            ("version", .number(JSONNumber(Self.version))), ("boot", .string(bootID)), ("next", number(nextNumber)),
        ])
        if let headerLimit { object["limit"] = .number(JSONNumber(headerLimit)) }
        if let seen = observation {
            object["observation"] = .array([
                number(seen.id.time.nanoseconds), number(seen.id.number), .number(JSONNumber(seen.remaining)),
                number(seen.arrived.nanoseconds), number(seen.first.time.nanoseconds), number(seen.first.number),
                .number(JSONNumber(seen.counted)),
            ])
        }
        if let block {
            object["block"] = .array([number(block.until.nanoseconds), number(block.length.wholeNanoseconds)])
        }
        // Proves that the text is whole: a torn file can end in the middle of anything but this.
        object["end"] = true
        return .object(object)
    }

    /// Reads a file's content; `nil` for anything that is not wholly as written.
    init?(bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes), json["version"]?.int == Self.version, json["end"] == true,
            let boot = json["boot"]?.string, let next = json["next"]?.int, let rows = json["entries"]?.array
        else { return nil }
        self.init(bootID: boot)
        nextNumber = Int64(next)
        for row in rows {
            guard let entry = Self.entry(row) else { return nil }
            entries.append(entry)
        }
        headerLimit = json["limit"]?.int
        if let seen = json["observation"] {
            guard let observation = Self.observation(seen) else { return nil }
            self.observation = observation
        }
        if let block = json["block"] {
            guard let numbers = Self.numbers(block, count: 2) else { return nil }
            self.block = Block(until: BootTime(nanoseconds: numbers[0]), length: .nanoseconds(numbers[1]))
        }
    }

    private static func entry(_ row: JSONValue) -> Entry? {
        guard let cells = row.array, cells.count == 4, let time = cells[0].int, let number = cells[1].int,
            let timeout = cells[2].int, cells[3].isNull || cells[3].int != nil
        else { return nil }
        return Entry(
            id: GrantID(time: BootTime(nanoseconds: Int64(time)), number: Int64(number)),
            timeout: .nanoseconds(Int64(timeout)), answered: cells[3].int.map { BootTime(nanoseconds: Int64($0)) })
    }

    private static func observation(_ value: JSONValue) -> Observation? {
        guard let cells = numbers(value, count: 7) else { return nil }
        return Observation(
            id: GrantID(time: BootTime(nanoseconds: cells[0]), number: cells[1]), remaining: Int(cells[2]),
            arrived: BootTime(nanoseconds: cells[3]),
            first: GrantID(time: BootTime(nanoseconds: cells[4]), number: cells[5]), counted: Int(cells[6]))
    }

    private static func numbers(_ value: JSONValue, count: Int) -> [Int64]? {
        guard let cells = value.array?.map(\.int), cells.count == count else { return nil }
        let numbers = cells.compactMap { $0.map(Int64.init) }
        return numbers.count == count ? numbers : nil
    }
}

private func number(_ value: Int64) -> JSONValue { .number(JSONNumber(Int(value))) }
