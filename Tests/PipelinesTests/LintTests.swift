import Pipelines
import Testing

@Suite struct LintTests {
    @Test(arguments: sources + targets + contents + names + sinks + warnings)
    func `A pipeline that would go wrong is found at its place, and nothing else is`(_ bad: BadFile) {
        let (text, mark) = Marked.split(bad.yaml)
        let (definition, diagnostics) = PipelineDecoder.check(
            text: text, file: "p.yaml", environment: [:], scope: .account)
        #expect((definition == nil) == (bad.severity == .error))
        #expect(diagnostics.map(\.mark) == [mark], "\(diagnostics)")
        #expect(diagnostics.map(\.severity) == [bad.severity])
        for fragment in bad.fragments {
            #expect(diagnostics.first?.message.contains(fragment) == true, "\(diagnostics)")
        }
    }

    static let sources: [BadFile] = [
        BadFile(
            "a quote that separates", Marked.file(source: "csv: { path: a, delimiter: ;, quote: ‸; }"),
            "the same character"),
        BadFile(
            "a delimiter that quotes", Marked.file(source: "csv: { path: a, quote: ‸\",\" }"), "the same character"),
        BadFile(
            "a column twice", Marked.file(source: "csv: { path: a, header: [nr, naam, ‸nr] }"),
            "names the column 'nr' twice"),
    ]

    static let targets: [BadFile] = [
        BadFile(
            "a mistyped target", Marked.customers(map: "‸postcod: pc"), "customers have no field",
            "did you mean 'postcode'?"),
        BadFile("a foreign target", Marked.customers(map: "‸klantsoort: x"), "start with cf_"),
        BadFile(
            "an object", products("‸image: { file: { from: f } }"), "is an object", "image.content, image.extension"),
        BadFile("an open object", offers("‸questionData: x"), "questionData.some_name"),
        BadFile("an id that is not matched by", Marked.customers(map: "‸id: nr"), "match: [id]"),
        BadFile("a tariff without energy", products("‸energy.tariff_g: g", energy: "false"), "energy: true"),
        BadFile(
            "a missing mandatory field",
            Marked.file(
                transforms: "- map:\n    visibility: { const: account }\n    email: email\n    company_name: x",
                sink: "‸salesdock.customers: { match: [email] }"), "'business' is mandatory for customers"),
        BadFile(
            "a field that a constant makes mandatory",
            Marked.file(
                transforms:
                    "- map:\n    visibility: { const: account }\n    business: { const: \"0\" }\n    email: email",
                sink: "‸salesdock.customers: { match: [email] }"), "'lastname' is mandatory here"),
        BadFile(
            "a sink without a map",
            Marked.file(
                transforms: "- filter: a == '1'", sink: "‸salesdock.suppliers: {}"), "there is no map"),
    ]

    static let contents: [BadFile] = [
        BadFile(
            "a constant of no value list",
            Marked.customers(map: "").replacing(
                "const: account", with: "const: ‸acount"), "private, organisation, account", "did you mean 'account'?"),
        BadFile("a constant that is no number", products("duration: { const: ‸year }"), "'duration' is a whole number"),
        BadFile("a constant that is no decimal", products("price: { const: ‸\"1,50\" }"), "decimal point"),
        BadFile("a constant that is no date", Marked.customers(map: "birthdate: { const: ‸1980-01-31 }"), "dd-MM-yyyy"),
        BadFile(
            "a result of no value list", products("retention: { from: r, values: { a: 0, b: ‸3 } }"), "0, 1, 2", "'3'"),
        BadFile(
            "an otherwise of no value list",
            products(
                "retention: { from: r, values: { a: 0 }, otherwise: ‸x }"), "'retention'"),
        BadFile(
            "a date form that is not Salesdock's",
            Marked.customers(
                map: "birthdate: { from: g, date: { from: dd/MM/yyyy, to: ‸yyyy-MM-dd } }"), "takes dates as dd-MM-yyyy"
        ),
        BadFile(
            "a text where base64 is due",
            products(
                "image.extension: { const: png }\nimage.content: { file: { from: f, encoding: ‸text } }"),
            "takes base64"),
        BadFile(
            "a lookup by no field", products("supplier_id: { from: s, lookup: suppliers, by: ‸identifer }"),
            "'identifier'?"),
        BadFile(
            "separators that are the same",
            products(
                "price: { from: p, ‸number: { decimal: \",\", thousands: \",\" } }"), "both"),
        BadFile(
            "a pattern that is none",
            Marked.file(
                transforms: "- validate: { a: [{ pattern: '^a' }, { pattern: ‸'[a' }] }"), "["),
        BadFile("a filter", Marked.file(transforms: "- filter: \"a == '1' ‸& b == '2'\""), "in the filter", "&"),
        BadFile(
            "a filter over lines", Marked.file(transforms: "- filter: ‸>\n    a ==\n    'é' & b"), "at character 10"),
        BadFile("a template", Marked.file(transforms: "- map: { b: { template: ‸\"x {a\" } }"), "{"),
    ]

    private static let xml = "xml: { path: a.xml, record: /r, fields: { nr: \"@nr\", naam: naam } }"

    static let names: [BadFile] = [
        BadFile(
            "a key of no field",
            Marked.file(
                head: "pipeline: p\nkey: [nr, ‸naa]", source: xml), "the key 'naa'", "did you mean 'naam'?"),
        BadFile(
            "a source field that is not there", Marked.file(source: xml, transforms: "- map: { b: ‸nam }"), "'naam'?"),
        BadFile(
            "a column that is not there",
            Marked.file(
                source: "csv: { path: a.csv, header: [nr, naam] }", transforms: "- map: { b: { from: ‸nam } }"),
            "'naam'?"),
        BadFile(
            "a template field",
            Marked.file(
                source: xml, transforms: "- map: { b: { template: ‸\"{nr} {nam}\" } }"), "the template names 'nam'"),
        BadFile(
            "a target of the same map",
            Marked.file(
                source: xml, transforms: "- map: { first: naam, second: ‸first }"), "mapped before it"),
        BadFile(
            "a validated field",
            Marked.file(
                source: xml, transforms: "- map: { a: nr }\n- validate: { ‸b: required }"), "'validate' names 'b'"),
        BadFile(
            "a field of dedupe",
            Marked.file(
                source: xml, transforms: "- dedupe: { by: [nr, ‸namen] }"), "'dedupe' names 'namen'"),
        BadFile(
            "a field of a filter",
            Marked.file(
                source: xml, transforms: "- filter: ‸soort == '1'"), "the filter names 'soort'"),
        BadFile(
            "a match of no target", Marked.customers(map: "", sink: "{ match: [email, ‸phone] }"), "no map entry sets"),
    ]

    static let sinks: [BadFile] = [
        BadFile(
            "no key", Marked.customers(map: "").replacing("pipeline: p\nkey: nr", with: "‸pipeline: p"),
            "'key' is required"),
        BadFile(
            "offers without a customer",
            without(["relation_id"], offers("")).replacing(
                "salesdock.offers", with: "‸salesdock.offers"), "'relation_id'", "nobody tracks"),
        BadFile(
            "half a flow", offers("").replacing("flow: default/default", with: "flow: ‸default"), "type/identifier"),
        BadFile(
            "deactivation of customers", Marked.customers(map: "") + "missing: ‸deactivate\n",
            "only for a salesdock.products"),
    ]

    static let warnings: [BadFile] = [
        BadFile(
            "customers without match",
            Marked.customers(map: "", sink: "{}")
                .replacing("salesdock", with: "‸salesdock"), "created again", severity: .warning),
        BadFile(
            "a field that the data makes mandatory",
            Marked.customers(map: "")
                .replacing("const: \"1\"", with: "from: soort").replacing("salesdock", with: "‸salesdock"),
            "'lastname' is mandatory when 'business' is 0", severity: .warning),
        BadFile(
            "an unknown flow type", offers("").replacing("flow: default/", with: "flow: ‸defualt/"),
            "did you mean 'default'?", severity: .warning),
        BadFile(
            "a near miss of a tariff", products("‸energy.tarif_g: g"), "did you mean 'energy.tariff_g'?",
            severity: .warning),
        BadFile(
            "offers that e-mail",
            without(["contract_"], offers("")).replacing(
                "salesdock.offers", with: "‸salesdock.offers"), "e-mails", severity: .warning),
    ]

    /// The text without the lines that hold one of the words.
    private static func without(_ words: [String], _ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { line in !words.contains { line.contains($0) } }.joined(separator: "\n")
    }

    private static func products(_ map: String, energy: String = "true") -> String {
        let needed = "name: n\nidentifier: i\ntype: { const: energy_e_g }\nactive: { const: \"1\" }"
        return Marked.file(
            transforms: "- map:\n" + Marked.indent(Marked.indent(needed + "\n" + map)),
            sink: "salesdock.products: { match: [identifier], energy: \(energy) }")
    }

    private static func offers(_ map: String) -> String {
        let plain = [
            "postcode", "housenumber", "streetname", "city", "firstname", "lastname", "email", "phone", "product_id",
        ]
        let needed =
            "transaction_type: { const: offer }\nbusiness: { const: \"0\" }\nrelation_id: { from: k, ref: customers }\n"
            + "contract_date: d\ncontract_pdf.content: { file: { from: f } }\ncontract_pdf.extension: { const: pdf }\n"
            + "contract_pdf.created_at: c\n" + plain.map { "\($0): \($0)\n" }.joined()
            + plain.prefix(4).map { "connection_\($0): \($0)\n" }.joined()
        return Marked.file(
            transforms: "- map:\n" + Marked.indent(Marked.indent(needed)) + "\n" + Marked.indent(Marked.indent(map)),
            sink: "salesdock.offers: { flow: default/default }")
    }

    @Test func `The samples of these tests are clean without their flaw`() {
        for text in [Marked.customers(map: ""), Self.products(""), Self.offers("")] {
            let (definition, diagnostics) = PipelineDecoder.check(text: text, file: "p.yaml", environment: [:])
            #expect(definition != nil)
            #expect(diagnostics.isEmpty, "\(diagnostics)")
        }
    }

    @Test func `Updates of customers need an Admin's token`() {
        let text = Marked.customers(map: "", sink: "{ match: [email], existing: update }")
        let (definition, diagnostics) = PipelineDecoder.check(
            text: text, file: "p.yaml", environment: [:], scope: .user)
        #expect(definition == nil)
        #expect(diagnostics.map(\.message).first?.contains("needs scope account") == true)
        let skipping = text.replacing("existing: update", with: "existing: skip")
        #expect(PipelineDecoder.check(text: skipping, file: "p.yaml", environment: [:], scope: .user).0 != nil)
    }

    @Test func `Columns that somebody has looked up are checked as well`() {
        let text = Marked.file(transforms: "- map: { b: klantnumer }")
        let known = PipelineDecoder.check(text: text, file: "p", environment: [:], sourceFields: ["nr", "klantnummer"])
        #expect(known.1.first?.message.contains("did you mean 'klantnummer'?") == true)
        #expect(PipelineDecoder.check(text: text, file: "p", environment: [:]).1.isEmpty)
    }

    @Test func `Own fields, open objects and tariffs are targets`() {
        let (definition, diagnostics) = PipelineDecoder.check(
            text: Self.offers("questionData.betaalwijze: b\nagreements.privacy: { const: \"1\" }"), file: "p",
            environment: [:])
        #expect(definition != nil && diagnostics.isEmpty, "\(diagnostics)")
        let products = PipelineDecoder.check(
            text: Self.products("cf_kleur: k\nenergy.tariff_g: g\nenergy.eigen_veld: e"), file: "p", environment: [:])
        #expect(products.0 != nil && products.1.isEmpty, "\(products.1)")
    }
}
