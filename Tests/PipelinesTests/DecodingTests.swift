import ExactJSON
import Pipelines
import Testing

@Suite struct DecodingTests {
    static let example = """
        # yaml-language-server: $schema=../pipeline.schema.json
        pipeline: customers
        key: klantnummer
        source:
          csv:
            path: ../../samples/klanten.csv.gz
            delimiter: ";"
            encoding: windows-1252
        transforms:
          - map:
              visibility: { const: account }
              business:   { from: type, values: { P: "0", Z: "1" } }
              email:      { from: email, apply: [trim, lowercase] }
              postcode:   { from: postcode, apply: [uppercase, remove_spaces] }
              lastname:   achternaam
              company_name: bedrijf
              birthdate:  { from: geboortedatum, date: { from: yyyy-MM-dd, to: dd-MM-yyyy } }
              cf_origin:  { template: "legacy {klantnummer}" }
          - filter: "business == '1' || lastname != ''"
          - validate:
              email:    [required, email]
              postcode: { pattern: '^[1-9][0-9]{3}[A-Z]{2}$', severity: warning }
          - dedupe: { by: [email], keep: first }
        sink:
          salesdock.customers: { match: [email], existing: update }
        guards: { max_errors: 5%, max_missing: 12, max_changes: 20% }
        """

    @Test func `A whole file decodes to its definition`() throws {
        let (decoded, diagnostics) = PipelineDecoder.check(
            text: Self.example, file: "a/customers.yaml", environment: [:])
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        var definition = try #require(decoded)
        definition.marks = [:]
        var csv = SourceSpec.CSVSpec(paths: ["../../samples/klanten.csv.gz"])
        csv.delimiter = ";"
        csv.encoding = "windows-1252"
        #expect(
            definition
                == PipelineDefinition(
                    name: "customers", file: "a/customers.yaml", key: ["klantnummer"], source: .csv(csv),
                    transforms: [
                        .map(Self.entries),
                        .filter("business == '1' || lastname != ''"),
                        .validate([
                            FieldChecks(field: "email", checks: [Check(.required), Check(.email)]),
                            FieldChecks(
                                field: "postcode", checks: [Check(.pattern("^[1-9][0-9]{3}[A-Z]{2}$"), isWarning: true)]
                            ),
                        ]),
                        .dedupe(DedupeSpec(by: ["email"])),
                    ],
                    sink: .salesdock(SalesdockSink(kind: .customers, match: ["email"])),
                    guards: GuardSpec(maxErrors: .percent(5), maxMissing: .count(12), maxChanges: .percent(20))))
    }

    private static var entries: [MapEntry] {
        var business = MapEntry(target: "business", origin: .field("type"))
        business.values = [ValuePair(from: "P", to: "0"), ValuePair(from: "Z", to: "1")]
        var email = MapEntry(target: "email", origin: .field("email"))
        email.apply = [.trim, .lowercase]
        var postcode = MapEntry(target: "postcode", origin: .field("postcode"))
        postcode.apply = [.uppercase, .removeSpaces]
        var birthdate = MapEntry(target: "birthdate", origin: .field("geboortedatum"))
        birthdate.date = DateConversion(from: "yyyy-MM-dd", to: "dd-MM-yyyy")
        return [
            MapEntry(target: "visibility", origin: .const("account")), business, email, postcode,
            MapEntry(target: "lastname", origin: .field("achternaam")),
            MapEntry(target: "company_name", origin: .field("bedrijf")), birthdate,
            MapEntry(target: "cf_origin", origin: .template("legacy {klantnummer}")),
        ]
    }

    private func decode(
        _ text: String, environment: [String: String] = [:], set: [(path: String, value: String)] = []
    ) throws -> PipelineDefinition {
        let (definition, diagnostics) = PipelineDecoder.decode(
            text: text, file: "p.yaml", environment: environment, overrides: set)
        return try #require(definition, "\(diagnostics)")
    }

    private func entry(_ yaml: String) throws -> MapEntry {
        let definition = try decode(Marked.file(transforms: "- map:\n    target: \(yaml)"))
        guard case .map(let entries) = definition.transforms.first else { throw DiagnosticsError([]) }
        return try #require(entries.first)
    }

    private func checks(_ yaml: String) throws -> [Check] {
        let definition = try decode(Marked.file(transforms: "- validate: { field: \(yaml) }"))
        guard case .validate(let fields) = definition.transforms.first else { throw DiagnosticsError([]) }
        return try #require(fields.first).checks
    }

    // MARK: Parts

    @Test func `Words and numbers are taken as their text`() throws {
        let entry = try entry("{ from: a, values: { no: 0, 1: yes, 0.10: 1e3, true: ~x }, default: no }")
        #expect(entry.values?.map(\.from) == ["no", "1", "0.10", "true"])
        #expect(entry.values?.map(\.to) == ["0", "yes", "1e3", "~x"])
        #expect(entry.fallback == "no")
        #expect(try self.entry("{ const: \"\" }").origin == .const(""))
        #expect(try self.entry("{ const: \"null\" }").origin == .const("null"))
    }

    @Test func `Every option of a map entry is kept`() throws {
        let file = try entry("{ file: { from: pdf, encoding: text, max: 2MiB } }")
        #expect(file.origin == .file(FileSpec(from: "pdf", encoding: .text, bytesMax: 2 << 20)))
        let number = try entry("{ from: a, apply: trim, number: { decimal: \",\", thousands: \".\" } }")
        #expect(number.apply == [.trim])
        #expect(number.number == NumberConversion(decimal: ",", thousands: "."))
        #expect(try entry("{ from: a, ref: customers }").ref == "customers")
        let lookup = try entry("{ from: a, lookup: suppliers, by: identifier }").lookup
        #expect(lookup == LookupSpec(kind: .suppliers, by: "identifier"))
        #expect(try entry("{ from: a, values: { a: b }, otherwise: c }").otherwise == "c")
    }

    @Test(arguments: [("10MB", 10_000_000), ("3KiB", 3_072), ("5kb", 5_000), ("1 MiB", 1 << 20), ("77", 77)])
    func `Sizes have units`(_ written: String, _ bytes: Int) throws {
        let entry = try entry("{ file: { from: pdf, max: \(written) } }")
        #expect(entry.origin == .file(FileSpec(from: "pdf", bytesMax: bytes)))
    }

    @Test func `Every check is decoded`() throws {
        #expect(try checks("required") == [Check(.required)])
        #expect(try checks("[{ check: email, severity: warning }]") == [Check(.email, isWarning: true)])
        #expect(try checks("{ one_of: [12, no] }") == [Check(.oneOf(["12", "no"]))])
        #expect(try checks("{ min_length: 2 }") == [Check(.length(min: 2, max: nil))])
        #expect(try checks("{ min: -1.50, max: 10 }") == [Check(.number(min: "-1.50", max: "10"))])
        #expect(
            try checks("{ after: 1900-01-01, before: today }") == [Check(.date(after: "1900-01-01", before: "today"))])
        #expect(
            try checks("[{ min_length: 2, pattern: a }]") == [Check(.pattern("a")), Check(.length(min: 2, max: nil))])
    }

    @Test func `Sources are decoded`() throws {
        var xml = SourceSpec.XMLSpec(
            paths: ["a.xml", "b.xml"], record: "/x:a/b",
            fields: [SourceSpec.XMLField(name: "nr", path: "@nr"), SourceSpec.XMLField(name: "tel", path: "tel[]")])
        xml.namespaces = ["x": "urn:example"]
        let text =
            "xml: { path: [a.xml, b.xml], record: /x:a/b, fields: { nr: \"@nr\", tel: \"tel[]\" }, "
            + "namespaces: { x: \"urn:example\" } }"
        #expect(try decode(Marked.file(source: text)).source == .xml(xml))
        #expect(try decode(Marked.file(source: "ndjson: { path: \"-\" }")).source == .ndjson(paths: ["-"]))
        #expect(try decode(Marked.file(source: "salesdock.offers:")).source == .salesdock(.offers))
        var csv = SourceSpec.CSVSpec(paths: ["a"])
        csv.delimiter = "\t"
        csv.quote = ""
        csv.columns = ["a", "b"]
        csv.ragged = "pad"
        let options = "csv: { path: a, delimiter: tab, quote: \"\", header: [a, b], ragged: pad }"
        #expect(try decode(Marked.file(source: options)).source == .csv(csv))
        #expect(try decode(Marked.file(source: options.replacing("tab", with: "\"\\t\""))).source == .csv(csv))
    }

    @Test func `Sinks are decoded`() throws {
        #expect(
            try decode(Marked.file(sink: "csv: { path: a, delimiter: ';' }")).sink == .csv(path: "a", delimiter: ";"))
        #expect(try decode(Marked.file(sink: "ndjson: { path: a }")).sink == .ndjson(path: "a"))
        let products = try decode(Marked.file(sink: "salesdock.products: { energy: true, existing: skip }")).sink
        #expect(products == .salesdock(SalesdockSink(kind: .products, existing: .skip, energy: true)))
        let offers = try decode(Marked.file(sink: "salesdock.offers: { flow: a/b }")).sink
        #expect(offers == .salesdock(SalesdockSink(kind: .offers, flow: "a/b")))
    }

    // MARK: YAML

    @Test func `Anchors, aliases and merge keys are resolved`() throws {
        let text = Marked.file(
            transforms:
                "- map:\n    a: &clean { from: x, apply: [trim, nfc] }\n    b: { <<: *clean, from: y }\n    c: *clean")
        guard case .map(let entries) = try decode(text).transforms[0] else { throw DiagnosticsError([]) }
        #expect(entries.map(\.origin) == [.field("x"), .field("y"), .field("x")])
        #expect(entries.map(\.apply) == [[.trim, .nfc], [.trim, .nfc], [.trim, .nfc]])
    }

    @Test func `A byte order mark and Windows line ends do not matter`() throws {
        let text = "\u{FEFF}" + Marked.file().replacing("\n", with: "\r\n")
        #expect(try decode(text).name == "p")
    }

    @Test func `Places of the parts are kept`() throws {
        let marks = try decode(Self.example).marks
        #expect(marks["transforms[0].map.email"] == Mark(line: 13, column: 7))
        #expect(marks["transforms[0].map.lastname"] == Mark(line: 15, column: 19))
        #expect(marks["transforms[0].map.lastname#key"] == Mark(line: 15, column: 7))
        #expect(marks["transforms[1].filter"] == Mark(line: 19, column: 13))
        #expect(marks["transforms[1].filter#text"] == Mark(line: 19, column: 14))
        #expect(marks["transforms[2]"] == Mark(line: 20, column: 5))
        #expect(marks["sink.salesdock.customers.match[0]"] == Mark(line: 25, column: 34))
    }

    // MARK: Variables and flags

    @Test func `A default may name a variable with a default`() throws {
        func path(_ text: String, _ environment: [String: String]) -> (String?, [Diagnostic]) {
            let (definition, diagnostics) = PipelineDecoder.decode(
                text: Marked.file(source: "csv: { path: '\(text)' }"), file: "p.yaml", environment: environment)
            guard case .csv(let spec)? = definition?.source else { return (nil, diagnostics) }
            return (spec.paths.first, diagnostics)
        }
        #expect(path("${X:-${Y}}", ["Y": "y"]).0 == "y")
        #expect(path("${X:-${Y}}", ["X": "x"]).0 == "x")
        #expect(path("a/${X:-b/${Y:-c}/d}/e", [:]).0 == "a/b/c/d/e")
        #expect(path("${X:-$${Y}", [:]).0 == "${Y")
        #expect(path("${X:-{}", [:]).0 == "{")
        #expect(path("${X:-${Y}}", [:]).1.first?.message.contains("variable Y is not set") == true)
        #expect(path("${X:-${Y}", [:]).1.first?.message.contains("not closed") == true)
        let deep = String(repeating: "${X:-", count: 40) + String(repeating: "}", count: 40)
        #expect(path(deep, [:]).1.first?.message.contains("more than 16 deep") == true)
    }

    @Test func `Variables are replaced in values, with defaults and escapes`() throws {
        let text = Marked.file(
            source: "csv: { path: \"${DIR}/${NAME:-a}.csv\" }", transforms: "- map: { a: { const: \"$$5 $x $${Y}\" } }")
        let definition = try decode(text, environment: ["DIR": "/data", "NAME": ""])
        #expect(definition.source == .csv(SourceSpec.CSVSpec(paths: ["/data/a.csv"])))
        #expect(definition.transforms == [.map([MapEntry(target: "a", origin: .const("$5 $x ${Y}"))])])
    }

    @Test func `A flag changes, adds and reaches into lists`() throws {
        let definition = try decode(
            Self.example,
            set: [
                ("source.csv.path", "[b.csv, c.csv]"), ("sink.salesdock.customers.existing", "skip"),
                ("guards.max_errors", "7"), ("missing", "keep"), ("transforms[0].map.cf_origin.template", "${X}"),
                ("transforms[0].map.lastname.from", "naam"), ("transforms[3].dedupe.keep", "last"), ("key", "no"),
            ])
        guard case .csv(let csv) = definition.source, case .map(let entries) = definition.transforms[0] else {
            throw DiagnosticsError([])
        }
        #expect(csv.paths == ["b.csv", "c.csv"])
        #expect(definition.sink == .salesdock(SalesdockSink(kind: .customers, match: ["email"], existing: .skip)))
        #expect(definition.guards.maxErrors == .count(7))
        #expect(entries.last?.origin == .template("${X}"))
        #expect(entries.first { $0.target == "lastname" }?.origin == .field("naam"))
        #expect(definition.transforms[3] == .dedupe(DedupeSpec(by: ["email"], keep: .last)))
        #expect(definition.key == ["no"])
    }

    @Test(arguments: [
        ("source.csv.paht", "x", ["no 'paht'", "did you mean 'path'?"]),
        ("sorce.csv.path", "x", ["no 'sorce'", "did you mean 'source'?"]),
        ("sink.salesdock.customer.match", "x", ["no 'salesdock.customer'", "'salesdock.customers'?"]),
        ("transforms[9].filter", "x", ["4 items"]),
        ("source.csv.path.name", "x", ["unknown path"]),
        ("sink.salesdock.customers.existing", "updat", ["must be one of", "'update'?"]),
        ("source.ndjson.path", "x", ["not both 'csv' and 'ndjson'"]),
        ("source.csv.path", "[a", ["not valid YAML"]),
    ])
    func `A flag that leads nowhere is named`(_ path: String, _ value: String, _ fragments: [String]) {
        let (definition, diagnostics) = PipelineDecoder.decode(
            text: Self.example, file: "p.yaml", environment: [:], overrides: [(path, value)])
        #expect(definition == nil)
        #expect(diagnostics.count == 1, "\(diagnostics)")
        #expect(diagnostics.first?.mark == nil)
        #expect(diagnostics.first?.message.hasPrefix("--set \(path): ") == true, "\(diagnostics)")
        for fragment in fragments { #expect(diagnostics.first?.message.contains(fragment) == true, "\(diagnostics)") }
    }

    // MARK: JSON Schema

    @Test func `The schema is JSON and knows every key`() throws {
        let schema = try JSONParser.parse(JSONSchema.text())
        let properties = try #require(schema["properties"]?.object)
        #expect(
            properties.members.map(\.name) == ["pipeline", "key", "source", "transforms", "sink", "guards", "missing"])
        #expect(schema["required"] == ["pipeline", "source", "sink"])
        #expect(schema["additionalProperties"] == false)
        let csv = schema.object?[path: ["properties", "source", "properties", "csv", "properties", "path", "anyOf"]]
        #expect(csv?.array?.count == 2)
        let stages = schema.object?[path: ["properties", "transforms", "items", "oneOf"]]?.array
        #expect(stages?.compactMap { $0["required"]?.array?.first?.string } == ["map", "filter", "validate", "dedupe"])
        let described = schema.object?[path: ["properties", "sink", "properties", "salesdock.customers", "description"]]
        #expect(described?.string?.isEmpty == false)
    }
}
