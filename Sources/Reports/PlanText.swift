/// A pipeline's plan for people: what it comes to, what it sets off, and its records by what happens to them.
public struct PlanText: Sendable {
    /// One record that is more than a number.
    public struct Entry: Sendable, Hashable {
        /// Such as `create`.
        public var action: String
        /// The record's key.
        public var key: String
        /// Such as `row 12, id 2325006`.
        public var place: String
        /// Fields that change, in the order of the request.
        public var changes: [Change]
        /// Reasons, and what somebody edited.
        public var notes: [String]

        /// A record and what happens to it.
        public init(action: String, key: String, place: String, changes: [Change] = [], notes: [String] = []) {
            self.action = action
            self.key = key
            self.place = place
            self.changes = changes
            self.notes = notes
        }
    }

    /// A field's value before and after, as text; `nil` where there is none.
    public struct Change: Sendable, Hashable {
        /// The target, dotted.
        public var field: String
        /// What was applied last, or what Salesdock has.
        public var was: String?
        /// What would be sent.
        public var becomes: String?

        /// One field's change.
        public init(field: String, was: String?, becomes: String?) {
            self.field = field
            self.was = was
            self.becomes = becomes
        }
    }

    /// One group of records.
    public struct Group: Sendable, Hashable {
        /// Such as `create`.
        public var action: String
        /// Records in the group, shown or not.
        public var count: Int
        /// The first of them; none for those that need no attention.
        public var entries: [Entry]

        /// A group of records to which the same happens.
        public init(action: String, count: Int, entries: [Entry]) {
            self.action = action
            self.count = count
            self.entries = entries
        }
    }

    /// The pipeline's name.
    public var pipeline: String
    /// Labels and values, such as requests and time.
    public var facts: [(label: String, value: String)]
    /// Groups in the order they are shown.
    public var groups: [Group]
    /// What a run would set off besides the records, a sentence each.
    public var sideEffects: [String]
    /// What guards would say.
    public var guards: [String]
    /// What was not looked up.
    public var assumptions: [String]
    /// What went wrong with the plan itself.
    public var messages: [String]

    /// A plan as it is to be shown.
    public init(
        pipeline: String, facts: [(label: String, value: String)], groups: [Group], sideEffects: [String],
        guards: [String], assumptions: [String], messages: [String]
    ) {
        self.pipeline = pipeline
        self.facts = facts
        self.groups = groups
        self.sideEffects = sideEffects
        self.guards = guards
        self.assumptions = assumptions
        self.messages = messages
    }

    /// Most records of an action that are shown.
    public static let entriesMax = 20
    /// Most fields of a record that are shown.
    static let changesMax = 12
    /// Widest that a value is shown, in characters.
    static let valueWidthMax = 60

    /// The block, a line each, without a line break at its end.
    public func text(_ paint: Paint = Paint(isOn: false)) -> String {
        var lines = ["\(paint(pipeline, .bold)) (plan)"] + summary(paint)
        lines += list("side effects", sideEffects, paint, .yellow)
        lines += list("a run would stop", guards, paint, .red)
        lines += list("assumed", assumptions, paint, .dim)
        lines += list("note", messages, paint, .yellow)
        for group in groups where !group.entries.isEmpty { lines += records(group, paint) }
        return lines.joined(separator: "\n")
    }

    private func summary(_ paint: Paint) -> [String] {
        let counts = groups.filter { $0.count > 0 }.map {
            (label: $0.action, value: paint(Quantity.grouped($0.count), Self.style($0.action).colour))
        }
        let all = counts + facts
        let width = all.map(\.label.count).max() ?? 0
        return all.map { label, value in
            "  " + label + String(repeating: " ", count: width - label.count + 2) + value
        }
    }

    private func list(_ title: String, _ items: [String], _ paint: Paint, _ colour: Paint.Colour) -> [String] {
        if items.isEmpty { return [] }
        return ["", "  " + paint(title, colour)] + items.map { "    \($0)" }
    }

    private func records(_ group: Group, _ paint: Paint) -> [String] {
        let (mark, colour) = Self.style(group.action)
        var lines = ["", "  " + paint("\(group.action) \(Quantity.grouped(group.count))", colour)]
        let shown = group.entries.prefix(Self.entriesMax)
        let width = shown.map { $0.key.count }.max() ?? 0
        for entry in shown {
            let key = TextTable.printable(entry.key)
            let padding = String(repeating: " ", count: max(0, width - key.count))
            lines.append("    " + paint(mark, colour) + " \(key)\(padding)  " + paint(entry.place, .dim))
            lines += changes(entry.changes, paint)
            lines += entry.notes.map { "        \(TextTable.printable($0))" }
        }
        if group.count > shown.count {
            lines.append("    … and \(Quantity.grouped(group.count - shown.count)) more (see --out or --format json)")
        }
        return lines
    }

    private func changes(_ changes: [Change], _ paint: Paint) -> [String] {
        let shown = changes.prefix(Self.changesMax)
        let width = shown.map(\.field.count).max() ?? 0
        var lines = shown.map { change in
            let padding = String(repeating: " ", count: width - change.field.count)
            let was = paint(Self.value(change.was), .dim)
            let becomes = paint(Self.value(change.becomes), change.becomes == nil ? .red : .green)
            return "        \(change.field)\(padding)  \(was) → \(becomes)"
        }
        if changes.count > shown.count { lines.append("        … and \(changes.count - shown.count) more fields") }
        return lines
    }

    private static func value(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "(empty)" }
        let plain = TextTable.printable(text)
        return plain.count <= valueWidthMax ? plain : plain.prefix(valueWidthMax - 1) + "…"
    }

    private static func style(_ action: String) -> (mark: String, colour: Paint.Colour) {
        switch action {
        case "create", "adopt": ("+", .green)
        case "update": ("~", .yellow)
        case "deactivate": ("-", .red)
        case "rejected", "in_doubt": ("!", .red)
        case "parked": ("?", .yellow)
        default: ("·", .dim)
        }
    }
}
