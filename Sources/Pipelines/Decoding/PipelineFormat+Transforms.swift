extension PipelineFormat {
    static let transform = ObjectRule(
        name: "a transform",
        keys: [
            KeyRule(
                "map", .table(of: .either([.scalar(.name), .object(mapEntry)]), names: "target"),
                "Target field to source field, or to how its value is made."),
            KeyRule("filter", .scalar(.name), "An expression; rows for which it is false are left out."),
            KeyRule(
                "validate",
                .table(
                    of: .either([checkName, .object(check), .list(of: .either([checkName, .object(check)]))]),
                    names: "field"),
                "Field to the checks on it."),
            KeyRule("dedupe", .object(dedupe), "Leaves out rows that repeat another row's fields."),
        ],
        choices: [.exactlyOne(["map", "filter", "validate", "dedupe"])])

    static let mapEntry = ObjectRule(
        name: "a map entry",
        keys: [
            KeyRule("from", .scalar(.name), "The source field."),
            KeyRule("const", .scalar(.text), "The same value for every row."),
            KeyRule("template", .scalar(.text), "Text with {field} places; {{ is a brace."),
            KeyRule("file", .object(file), "The content of a file that a field names."),
            KeyRule(
                "values", .table(of: .scalar(.text), names: "source value"),
                "Source value to written value; a value that is not listed takes otherwise, or rejects the row."),
            KeyRule("otherwise", .scalar(.text), "For values that the table does not list."),
            KeyRule(
                "apply", .textOrList(.oneOf(TextOperation.allCases.map(\.rawValue))),
                "Operations on the text, in order, before everything else."),
            KeyRule("date", .object(date), "From one date form to another."),
            KeyRule("number", .object(number), "How a number is written in the source."),
            KeyRule("default", .scalar(.text), "For a value that is missing or empty after all of that."),
            KeyRule("ref", .scalar(.name), "The value is a key of this pipeline and becomes its Salesdock id."),
            KeyRule(
                "lookup", .scalar(.oneOf(SalesdockKind.allCases.map(\.rawValue))),
                "The value names an existing entity of this kind and becomes its Salesdock id."),
            KeyRule("by", .scalar(.name), "The field of that entity which the value is compared with."),
        ],
        choices: [
            .exactlyOne(["from", "const", "template", "file"]), .needs("lookup", "by"), .needs("by", "lookup"),
            .needs("otherwise", "values"), .notBoth("ref", "lookup"),
        ])

    private static let file = ObjectRule(
        name: "file",
        keys: [
            KeyRule(
                "from", .scalar(.name), required: true, "The field that holds the path, relative to the source file."),
            KeyRule(
                "encoding", .scalar(.oneOf(FileSpec.Encoding.allCases.map(\.rawValue))),
                "How the content is written; base64 by default."),
            KeyRule("max", .scalar(.size), "Largest size; a larger file rejects the row. 10MB by default."),
        ])

    private static let date = ObjectRule(
        name: "date",
        keys: [
            KeyRule("from", .scalar(.dateForm), required: true, "As in the source, such as yyyy-MM-dd."),
            KeyRule("to", .scalar(.dateForm), required: true, "As Salesdock wants it, such as dd-MM-yyyy."),
        ])

    private static let number = ObjectRule(
        name: "number",
        keys: [
            KeyRule("decimal", .scalar(.name), "The decimal mark; a point by default."),
            KeyRule("thousands", .scalar(.name), "What groups thousands; nothing by default."),
        ])

    private static let checkName = Shape.scalar(.oneOf(["required", "email"]))

    static let check = ObjectRule(
        name: "a check",
        keys: [
            KeyRule("check", checkName, "The name of a check, to give it a severity."),
            KeyRule("pattern", .scalar(.name), "A regular expression; anchor it with ^ and $."),
            KeyRule("one_of", .list(of: .scalar(.text)), "The accepted values."),
            KeyRule("min_length", .scalar(.wholeNumber(0...Int.max)), "Fewest characters."),
            KeyRule("max_length", .scalar(.wholeNumber(0...Int.max)), "Most characters."),
            KeyRule("min", .scalar(.decimal), "Smallest number."),
            KeyRule("max", .scalar(.decimal), "Largest number."),
            KeyRule("after", .scalar(.dateBound), "First day, as yyyy-MM-dd or today."),
            KeyRule("before", .scalar(.dateBound), "Last day, as yyyy-MM-dd or today."),
            KeyRule(
                "severity", .scalar(.oneOf(["error", "warning"])),
                "error rejects the row (the default), warning only reports it."),
        ],
        choices: [
            .atLeastOne(
                ["check", "pattern", "one_of", "min_length", "max_length", "min", "max", "after", "before"])
        ])

    private static let dedupe = ObjectRule(
        name: "dedupe",
        keys: [
            KeyRule("by", .textOrList(.name), required: true, "The fields that make two rows the same."),
            KeyRule(
                "keep", .scalar(.oneOf(DedupeSpec.Keep.allCases.map(\.rawValue))),
                "Which row stays; first by default."),
            KeyRule(
                "max_keys", .scalar(.wholeNumber(1...Int.max)),
                "Most different keys held in memory; more stops the run. 10,000,000 by default."),
        ])
}
