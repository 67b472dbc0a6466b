import SalesdockFacts

/// What a mapping target is to Salesdock.
enum TargetResolution {
    case field(Field)
    /// A member of an object whose members the account defines.
    case member
    /// A field of the account's own; `near` when it could be a slip of a documented one.
    case ownField(near: String?)
    /// An object whose members are the targets.
    case object(members: [String])
    /// A tariff, and the sink does not send tariffs.
    case tariffWithoutEnergy
    /// Salesdock's own id, by which the sink recognises records; it is never sent.
    case remoteID
    case unknown(near: String?)
}

/// The targets that a sink's records may have.
struct TargetFacts {
    let sink: SalesdockSink
    let facts: ResourceFacts

    init(_ sink: SalesdockSink) {
        self.sink = sink
        switch sink.kind {
        case .customers: facts = .customers
        case .suppliers: facts = .suppliers
        case .products: facts = .products
        case .offers:
            facts = .offers(flowType: String(sink.flow?.prefix { $0 != "/" } ?? ""))
        }
    }

    var tariffs: ResourceFacts? { sink.kind == .products && sink.energy ? .energyTariffs : nil }

    func resolve(_ target: String) -> TargetResolution {
        if target == SalesdockSink.remoteID, sink.matchesByID { return .remoteID }
        guard sink.kind == .products, target.hasPrefix(SalesdockRules.energyPrefix) else {
            return Self.resolve(target, facts)
        }
        guard let tariffs else { return .tariffWithoutEnergy }
        switch Self.resolve(String(target.dropFirst(SalesdockRules.energyPrefix.count)), tariffs) {
        case .ownField(let near): return .ownField(near: near.map { SalesdockRules.energyPrefix + $0 })
        case .unknown(let near): return .unknown(near: near.map { SalesdockRules.energyPrefix + $0 })
        case let resolution: return resolution
        }
    }

    private static func resolve(_ name: String, _ facts: ResourceFacts) -> TargetResolution {
        let bare = name.hasSuffix("[]") ? String(name.dropLast(2)) : name
        if let field = facts.field(name) ?? facts.field(bare) {
            guard field.kind == .object else { return .field(field) }
            return .object(members: facts.fields.map(\.name).filter { $0.hasPrefix(bare + ".") })
        }
        if facts.openObjects.contains(String(name.prefix { $0 != "." && $0 != "[" })), name.contains(".") {
            return .member
        }
        let near = Spelling.nearest(to: name, in: facts.fields.map(\.name))
        guard let prefix = facts.extraFieldPrefix else { return .unknown(near: near) }
        if prefix.isEmpty { return .ownField(near: near) }
        return name.hasPrefix(prefix) && name.count > prefix.count ? .ownField(near: nil) : .unknown(near: near)
    }
}

extension Field {
    /// What is wrong with a text that is always sent; `nil` when nothing is.
    func problem(withConstant text: String) -> String? {
        if text.isEmpty { return presence == .mandatory ? "'\(name)' is mandatory and may not be empty" : nil }
        if let problem = problem(withListed: text) { return problem }
        switch kind {
        case .integer where Int(text) == nil: return "'\(name)' is a whole number, not \(TokenShape.quoted(text))"
        case .decimal where !Literals.isDecimal(text):
            return "'\(name)' is a number with a decimal point, not \(TokenShape.quoted(text))"
        case .date(let form) where !form.matches(text):
            return "'\(name)' is a date written \(form.written), not \(TokenShape.quoted(text))"
        default: return nil
        }
    }

    /// What is wrong with a text by the field's list of values.
    func problem(withListed text: String) -> String? {
        var allowed = values
        if kind == .flag { allowed = values.isEmpty ? ["0", "1"] : values }
        let spellings = kind == .flag ? allowed + allowed.map { $0 == "1" ? "true" : "false" } : allowed
        if text.isEmpty || allowed.isEmpty || spellings.contains(text) { return nil }
        let near = Spelling.nearest(to: text, in: allowed).map { "; did you mean '\($0)'?" } ?? ""
        return "'\(name)' must be one of \(allowed.joined(separator: ", ")), not \(TokenShape.quoted(text))\(near)"
    }
}

extension DateForm {
    /// In the tokens of a `date` conversion.
    var written: String { DatePattern.of(self).text }

    /// Whether a text has the form's digits and separators in their places.
    func matches(_ text: String) -> Bool {
        text.utf8.count == written.utf8.count
            && zip(text.utf8, written.utf8).allSatisfy { byte, token in
                let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                return token >= UInt8(ascii: "A") ? isDigit : byte == token
            }
    }
}
