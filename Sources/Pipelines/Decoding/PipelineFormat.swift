/// The keys of a pipeline file: the one definition of the format.
enum PipelineFormat {
    static let pipeline = ObjectRule(
        name: "a pipeline",
        keys: [
            KeyRule(
                "pipeline", .scalar(.fileName), required: true,
                "Name of the pipeline: the ledger's namespace, and what a ref names."),
            KeyRule(
                "key", .textOrList(.name),
                "Source field or fields that identify a record from run to run; required to write to Salesdock."),
            KeyRule("source", .object(source), required: true, "Where records come from."),
            KeyRule("transforms", .list(of: .object(transform)), "Stages between source and sink, in order."),
            KeyRule("sink", .object(sink), required: true, "Where records go."),
            KeyRule("guards", .object(guards), "When a run stops before it does harm."),
            KeyRule(
                "missing", .scalar(.oneOf(MissingPolicy.allCases.map(\.rawValue))),
                "What happens to products that this pipeline wrote and that the source no longer holds."),
        ])

    static let guards = ObjectRule(
        name: "guards",
        keys: [
            KeyRule("max_errors", .scalar(.threshold), "Most rejected rows, as a share of those read or a count."),
            KeyRule("max_missing", .scalar(.threshold), "Most products of the ledger that the source may lack."),
            KeyRule("max_changes", .scalar(.threshold), "Most updates and deactivations; creates are not counted."),
        ])

    // MARK: Sources

    static let source = ObjectRule(
        name: "source",
        keys: [
            KeyRule("csv", .object(csvSource), "Delimited text."),
            KeyRule("ndjson", .object(ndjsonSource), "One JSON object a line; nested fields are named with dots."),
            KeyRule("xml", .object(xmlSource), "Repeated XML elements."),
        ]
            + SalesdockKind.allCases.map { kind in
                KeyRule(
                    "salesdock.\(kind.rawValue)",
                    .object(ObjectRule(name: "salesdock.\(kind.rawValue) source", keys: [])),
                    "An export: all \(kind.rawValue) that the token can see.")
            },
        choices: [.exactlyOne(["csv", "ndjson", "xml"] + SalesdockKind.allCases.map { "salesdock.\($0.rawValue)" })])

    private static let path = KeyRule(
        "path", .textOrList(.name), required: true,
        "File or files, relative to this one; globs are expanded, - is standard input, gzip is seen by itself.")

    private static let csvSource = ObjectRule(
        name: "csv source",
        keys: [
            path,
            KeyRule("delimiter", .scalar(.delimiter), "What separates fields; a comma by default."),
            KeyRule("quote", .scalar(.quote), "What surrounds a field that holds delimiters; \" by default."),
            KeyRule(
                "header", .either([.scalar(.oneOf(["true"])), .list(of: .scalar(.name))]),
                "true when the first line names the columns (the default), else the names themselves."),
            KeyRule("encoding", .scalar(.name), "Such as utf-8 (the default), windows-1252 or iso-8859-1."),
            KeyRule(
                "ragged", .scalar(.oneOf(["reject", "pad"])),
                "What happens to rows with too few fields; reject by default."),
        ])

    private static let ndjsonSource = ObjectRule(name: "ndjson source", keys: [path])

    private static let xmlSource = ObjectRule(
        name: "xml source",
        keys: [
            path,
            KeyRule(
                "record", .scalar(.name), required: true, "Path of the element that is a record: /export/list/item."),
            KeyRule(
                "fields", .table(of: .scalar(.name), names: "field"), required: true,
                "Field name to path below the record: @attribute, a/b, or a/b[] for all of them."),
            KeyRule(
                "namespaces", .table(of: .scalar(.name), names: "prefix"), "Prefix to namespace, for use in paths."),
        ])

    // MARK: Sinks

    static let sink = ObjectRule(
        name: "sink",
        keys: [
            KeyRule(
                "salesdock.customers", .object(recordSink(.customers)), "Customers, which Salesdock calls relations."),
            KeyRule("salesdock.suppliers", .object(recordSink(.suppliers)), "Suppliers of products."),
            KeyRule(
                "salesdock.products",
                .object(
                    recordSink(
                        .products,
                        KeyRule(
                            "energy", .scalar(.flag),
                            "Whether targets under energy. are sent as tariffs in a second step."))),
                "Products."),
            KeyRule("salesdock.offers", .object(offersSink), "Offers and orders, made through a flow."),
            KeyRule("csv", .object(csvSink), "A delimited text file."),
            KeyRule("ndjson", .object(ndjsonSink), "A file of one JSON object a line."),
        ],
        choices: [
            .exactlyOne(SalesdockKind.allCases.map { "salesdock.\($0.rawValue)" } + ["csv", "ndjson"])
        ])

    private static func recordSink(_ kind: SalesdockKind, _ more: KeyRule...) -> ObjectRule {
        ObjectRule(
            name: "salesdock.\(kind.rawValue) sink",
            keys: [
                KeyRule(
                    "match", .textOrList(.name),
                    "Mapping targets by which an existing record is recognised; id is Salesdock's own id."),
                KeyRule(
                    "existing", .scalar(.oneOf(SalesdockSink.Existing.allCases.map(\.rawValue))),
                    "What to do with a record that Salesdock has and the ledger does not know; update by default."),
                KeyRule(
                    "on_drift", .scalar(.oneOf(SalesdockSink.OnDrift.allCases.map(\.rawValue))),
                    "What to do with an update of a record that was edited in Salesdock since; overwrite by default."),
            ] + more)
    }

    private static let offersSink = recordSink(
        .offers,
        KeyRule(
            "flow", .scalar(.name), required: true,
            "Flow type and flow identifier, such as energie-small-business/energie."))

    private static let sinkPath = KeyRule(
        "path", .scalar(.name), required: true,
        "File, relative to this one; - is standard output, a name that ends in .gz is compressed.")

    private static let csvSink = ObjectRule(
        name: "csv sink",
        keys: [sinkPath, KeyRule("delimiter", .scalar(.delimiter), "What separates fields; a comma by default.")])

    private static let ndjsonSink = ObjectRule(name: "ndjson sink", keys: [sinkPath])
}
