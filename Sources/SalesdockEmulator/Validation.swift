internal import SalesdockFacts

/// What is wrong with a body, by field, in the order of the field table.
struct ValidationErrors {
    private(set) var fields: [(name: String, messages: [String])] = []

    var isEmpty: Bool { fields.isEmpty }

    mutating func add(_ name: String, _ message: String) {
        if let index = fields.firstIndex(where: { $0.name == name }) {
            fields[index].messages.append(message)
        } else {
            fields.append((name, [message]))
        }
    }

    var json: JSON {
        .object(
            JSONObject(
                fields.map { field in
                    JSONObject.Member(name: field.name, value: .array(field.messages.map(JSON.string)))
                }))
    }
}

/// Checks a body against a field table.
struct Validator {
    /// Which presence rules hold.
    enum Mode {
        case create
        /// Only those of the named fields; the others may be absent.
        case update(mandatory: Set<String>)
    }

    let fields: [Field]
    let mode: Mode

    func errors(in body: JSONObject) -> ValidationErrors {
        var errors = ValidationErrors()
        for field in fields {
            if let bracket = field.name.firstRange(of: "[].") {
                let list = String(field.name[..<bracket.lowerBound])
                let member = String(field.name[bracket.upperBound...])
                checkItems(of: body.value(at: list), field, list: list, member: member, &errors)
                continue
            }
            let value = body.value(at: field.name)
            if mustCarry(field, body), !Validator.satisfiesPresence(value, field) {
                errors.add(field.name, "Het veld \(Validator.spoken(field.name)) is verplicht.")
            } else if let value, value.isFilled {
                check(value, field, name: field.name, &errors)
            }
        }
        return errors
    }

    /// The items of a list, also of one written as an object with the keys `"0"`, `"1"`, ….
    static func items(_ value: JSON?) -> [JSON] {
        value?.array ?? value?.object?.members.map(\.value) ?? []
    }

    private func checkItems(
        of list: JSON?, _ field: Field, list listName: String, member: String, _ errors: inout ValidationErrors
    ) {
        for (index, item) in Validator.items(list).enumerated() {
            guard let value = item.object?.value(at: member), value.isFilled else { continue }
            check(value, field, name: "\(listName).\(index).\(member)", &errors)
        }
    }

    private func mustCarry(_ field: Field, _ body: JSONObject) -> Bool {
        switch mode {
        case .create: break
        case .update(let mandatory):
            let top = field.name.split(separator: ".").first.map(String.init) ?? field.name
            guard mandatory.contains(field.name) || (top != field.name && body[top]?.isFilled == true) else {
                return updateKeepsRule(field, body)
            }
        }
        switch field.presence {
        case .optional: return false
        case .mandatory: return true
        case .mandatoryIf(let condition): return Validator.holds(condition, body)
        }
    }

    /// A field that an update does carry may not be emptied where a create could not leave it out.
    private func updateKeepsRule(_ field: Field, _ body: JSONObject) -> Bool {
        guard body.value(at: field.name) != nil else { return false }
        switch field.presence {
        case .optional: return false
        case .mandatory: return true
        case .mandatoryIf(let condition): return Validator.holds(condition, body)
        }
    }

    private static func satisfiesPresence(_ value: JSON?, _ field: Field) -> Bool {
        guard let value, value != .null else { return false }
        switch field.kind {
        case .object, .list: return true
        default: return value.isFilled
        }
    }

    static func holds(_ condition: Condition, _ body: JSONObject) -> Bool {
        switch condition {
        case .field(let name, let values): body.value(at: name)?.scalar.map(values.contains) ?? false
        case .filled(let name): body.value(at: name)?.isFilled ?? false
        case .all(let conditions): conditions.allSatisfy { holds($0, body) }
        case .any(let conditions): conditions.contains { holds($0, body) }
        }
    }

    private func check(_ value: JSON, _ field: Field, name: String, _ errors: inout ValidationErrors) {
        let spoken = Validator.spoken(name)
        if let message = Validator.kindMessage(value, field.kind, spoken) {
            errors.add(name, message)
        } else if !field.values.isEmpty {
            let texts = field.kind == .list ? Validator.items(value).map(\.scalar) : [value.scalar]
            if texts.contains(where: { $0.map { !field.values.contains($0) } ?? true }) {
                errors.add(name, "Het geselecteerde \(spoken) is ongeldig.")
            }
        }
    }

    private static func kindMessage(_ value: JSON, _ kind: FieldKind, _ spoken: String) -> String? {
        switch kind {
        case .text: value.scalar == nil ? "\(spoken) moet een tekst zijn." : nil
        case .integer: isInteger(value) ? nil : "\(spoken) moet een getal zijn."
        case .decimal: isDecimal(value) ? nil : "\(spoken) moet een nummer zijn."
        case .flag: value.scalar.map { ["0", "1"].contains($0) } == true ? nil : "\(spoken) moet ja of nee zijn."
        case .date(let form): value.scalar.map { isDate($0, form) } == true ? nil : dateMessage(form, spoken)
        case .base64: value.scalar.flatMap { Base64.decodedLength($0) } == nil ? "\(spoken) is ongeldig." : nil
        case .object: value.object == nil && value.array?.isEmpty != true ? "\(spoken) moet een array zijn." : nil
        case .list: value.object == nil && value.array == nil ? "\(spoken) moet een array zijn." : nil
        }
    }

    private static func isInteger(_ value: JSON) -> Bool {
        if case .bool = value { return false }
        guard let text = value.scalar else { return false }
        return Int(trimmed(text)) != nil
    }

    private static func isDecimal(_ value: JSON) -> Bool {
        if case .bool = value { return false }
        guard let text = value.scalar.map(trimmed), let number = Double(text) else { return false }
        return number.isFinite && text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
    }

    static func isDate(_ text: String, _ form: DateForm) -> Bool {
        switch form {
        case .dayMonthYear: Amsterdam.dayNumberDutch(text) != nil
        case .yearMonthDay: text.utf8.count == 10 && Amsterdam.dayNumber(text) != nil
        case .timestamp: text.utf8.count == 19 && Amsterdam.instant(text) != nil
        }
    }

    private static func dateMessage(_ form: DateForm, _ spoken: String) -> String {
        let written =
            switch form {
            case .dayMonthYear: "d-m-Y"
            case .yearMonthDay: "Y-m-d"
            case .timestamp: "Y-m-d H:i:s"
            }
        return "\(spoken) voldoet niet aan het formaat \(written)."
    }

    private static func spoken(_ name: String) -> String {
        String(name.map { $0 == "_" ? " " : $0 })
    }
}

/// Text without white space at both ends.
func trimmed(_ text: String) -> String {
    guard text.first?.isWhitespace == true || text.last?.isWhitespace == true else { return text }
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return String(rest)
}

/// Base64 as Salesdock takes it, with or without a `data:` prefix.
enum Base64 {
    /// How many bytes the text stands for; nil when it is no base64.
    static func decodedLength(_ text: String) -> Int? {
        var bytes = Array(text.utf8)[...]
        if text.hasPrefix("data:") {
            guard let comma = bytes.firstIndex(of: 0x2C) else { return nil }
            bytes = bytes[(comma + 1)...]
        }
        var digits = 0
        var padding = 0
        for byte in bytes {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2B, 0x2F:
                guard padding == 0 else { return nil }
                digits += 1
            case 0x3D: padding += 1
            case 0x0A, 0x0D: continue
            default: return nil
            }
        }
        guard digits > 0, padding <= 2, (digits + padding) % 4 == 0, digits % 4 != 1 else { return nil }
        return digits * 6 / 8
    }
}
