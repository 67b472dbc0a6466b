import ExactJSON
import Foundation
import Testing

/// Single stories: doubts, guards and refusals.
@Suite(.serialized) struct EndToEndWriteTests {
    @Test func `a doubtful create waits for a person, and is made once`() async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\n")
        try await project.emulator.faults([["method": "POST", "nth": 1, "action": "drop_before"]])
        let first = try project.run(["customers.yaml"])
        #expect(first.status == 3, "\(first.errors)")
        #expect(try first.outcome().fate("in_doubt") == 1)
        #expect(try await project.emulator.records("relations").isEmpty)

        let again = try project.run(["customers.yaml"])
        #expect(again.status == 3)
        #expect(try await project.emulator.get("requests")["by_call"]?["POST relations"] == 1)

        let status = try #require(try project.status("customers.yaml").first)
        #expect(status["in_doubt"]?.array?.map { $0["key"] } == ["K1"])
        let story = try project.dockhand(["explain", "K1"])
        #expect(story.status == 0)
        #expect(story.output.contains("relations.create  in_doubt"), "\(story.output)")

        #expect(try project.dockhand(["resolve", "K1", "--as", "absent"]).status == 0)
        let last = try project.run(["customers.yaml"])
        #expect(last.status == 0, "\(last.errors)")
        #expect(try last.outcome().fate("created") == 1)
        #expect(try await project.emulator.records("relations").map { $0["email"] } == ["a@post.example"])
        #expect(try project.run(["customers.yaml"]).outcome().fate("unchanged") == 1)
        #expect(try await project.emulator.get("requests")["by_call"]?["POST relations"] == 2)
    }

    @Test func `an id that a person names is looked up in Salesdock first`() async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\n")
        try await project.emulator.faults([["method": "POST", "nth": 1, "action": "drop_before"]])
        try #require(try project.run(["customers.yaml"]).status == 3)
        try await project.emulator.post(
            "seed",
            [
                "relations": [
                    [
                        "id": 77, "visibility": "account", "business": "0", "lastname": "Jansen",
                        "email": "b@post.example",
                    ]
                ]
            ])
        let missing = try project.dockhand(["resolve", "K1", "--as", "78"])
        #expect(missing.status == 64)
        #expect(missing.errors.contains("no customer 78"), "\(missing.errors)")
        let there = try project.dockhand(["resolve", "K1", "--as", "77", "--format", "json"])
        #expect(there.status == 0, "\(there.errors)")
        #expect(there.errors.contains("differs from what was sent in email"), "\(there.errors)")
        let json = try there.outcome()
        #expect(json["checked"] == true)
        #expect(json["conflicts"] == ["email"])
        #expect(try project.run(["customers.yaml"]).outcome().fate("unchanged") == 1)
        #expect(try await project.emulator.get("requests")["by_call"]?["POST relations"] == 1)
    }

    /// Lists lag behind for longer than `settle`. That an old record is found says nothing about a new one.
    @Test(arguments: ["salesdock.customers: { match: [email] }", "salesdock.products: { match: [identifier] }"])
    func `a create whose answer was lost is not repeated because lists lag`(sink: String) async throws {
        let project = try Project(emulatorOptions: ["--limit", "100000", "--search-lag", "4"])
        let isProduct = sink.contains("products")
        func list(_ rows: String) throws {
            try project.folder.write("list.csv", "nr;naam;mail\n" + rows)
        }
        let fields =
            isProduct
            ? "name: naam, identifier: nr, type: { const: default }, active: { const: '1' }, business: { const: '0' }, "
                + "retention: { const: '2' }"
            : "visibility: { const: account }, business: { const: '0' }, lastname: naam, email: mail"
        try project.folder.write(
            "list.yaml",
            "pipeline: list\nkey: nr\nsource:\n  csv: { path: list.csv, delimiter: ';' }\n"
                + "transforms:\n  - map: { \(fields) }\nsink:\n  \(sink)\n")
        try list("k1;Jansen;a@post.example\n")
        let first = try project.run(["list.yaml"])
        #expect(first.status == 0, "\(first.errors)\(first.output)")
        let kind = isProduct ? "products" : "relations"
        try await project.emulator.awaitListed(kind, 1)

        try list("k1;Jansen;a@post.example\nk2;Bakker;b@post.example\n")
        try await project.emulator.faults([["method": "POST", "nth": 1, "action": "drop_after"]])
        let second = try project.run(["list.yaml"])
        #expect([0, 3].contains(second.status), "\(second.errors)")
        #expect(try await project.emulator.records(kind).count == 2, "\(second.output)")
        try await project.emulator.awaitListed(kind, 2)
        // What could not be told may be told now, or by a person; what was there all the time is not made again.
        #expect(try await project.emulator.records(kind).count == 2)
        let status = try #require(try project.status("list.yaml").first)
        #expect(status["in_doubt"] == [], "\(status["in_doubt"]?.text ?? "")")
    }

    @Test func `offers that would e-mail customers want a yes with their number`() async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\nK2;Bakker;b@post.example\n")
        try project.folder.write("offers.csv", "nr;klant;postcode\nO1;K1;1234AB\nO2;K2;1234AB\nO3;K1;1234AB\n")
        try await project.emulator.post(
            "seed", ["products": [["id": 7, "name": "Een", "identifier": "een", "type": "default", "active": "1"]]])
        try project.folder.write(
            "offers.yaml",
            """
            pipeline: offers
            key: nr
            source:
              csv: { path: offers.csv, delimiter: ";" }
            transforms:
              - map:
                  transaction_type: { const: offer }
                  relation_id:      { from: klant, ref: customers }
                  product_id:       { const: "7" }
                  external_reference: nr
                  sale_channel:     { const: online }
                  business:         { const: "0" }
                  firstname:        { const: An }
                  lastname:         { const: Jansen }
                  birthdate:        { const: 01-02-1980 }
                  email:            { template: "{nr}@post.example" }
                  phone:            { const: "0612345678" }
                  postcode:         postcode
                  housenumber:      { const: "1" }
                  streetname:       { const: Kade }
                  city:             { const: Delft }
                  connection_postcode:    postcode
                  connection_housenumber: { const: "1" }
                  connection_streetname:  { const: Kade }
                  connection_city:        { const: Delft }
                  questionData.betaalwijze:     { const: Automatische incasso }
                  agreements.privacy-statement: { const: "1" }
            sink:
              salesdock.offers: { flow: default/default }

            """)
        #expect(try project.run(["customers.yaml"]).status == 0)
        let writes = try await project.emulator.writes()
        for allowed in [[], ["--allow", "email=2"], ["--yes"]] {
            let stopped = try project.run(["offers.yaml"] + allowed)
            #expect(stopped.status == 4, "\(stopped.errors)")
            #expect(stopped.errors.contains("--allow email=3") && stopped.errors.contains("3 offers"))
            #expect(try stopped.outcome().isBalanced)
            #expect(try await project.emulator.writes() == writes)
        }
        let allowed = try project.run(["offers.yaml", "--allow", "email=3"])
        #expect(allowed.status == 0, "\(allowed.errors)\(allowed.output)")
        #expect(try await project.emulator.records("outbox").count == 3)
        #expect(try await project.emulator.records("sales").count == 3)
    }

    @Test func `a product that left the price list is deactivated after a yes`() async throws {
        let project = try Project()
        try #require(try project.run(["pipelines/legacy-crm"]).status == 1)
        // A price list recognises products by the lists, which know of active ones two seconds later.
        let active = try await project.emulator.records("products").count { $0["active"] == "1" }
        try await project.emulator.awaitListed("products", active)
        let lists = ["prijslijst", "prijslijst-volgende-nacht"].map { Binary.root + "/samples/price-list/\($0).csv" }
        let first = try project.run(["pipelines/price-list"], ["PRICE_LIST": lists[0]])
        #expect(first.status == 1)
        #expect(try first.outcome()["missing"]?["found"] == 0)
        try project.check(prices: [lists[0]])

        let writes = try await project.emulator.writes()
        let stopped = try project.run(["pipelines/price-list"], ["PRICE_LIST": lists[1]])
        #expect(stopped.status == 4)
        #expect(stopped.errors.contains("--allow deactivate=1"))
        #expect(try await project.emulator.writes() == writes)
        #expect(try await Self.product("nws-dyn00-c", project)["active"] == "1")

        let allowed = try project.run(["pipelines/price-list", "--allow", "deactivate=1"], ["PRICE_LIST": lists[1]])
        #expect(allowed.status == 0, "\(allowed.errors)")
        #expect(try allowed.outcome()["missing"]?["deactivated"] == 1)
        #expect(try await Self.product("nws-dyn00-c", project)["active"] == "0")
        try project.check(prices: lists)
    }

    private static func product(_ identifier: String, _ project: Project) async throws -> JSONValue {
        let products = try await project.emulator.records("products")
        return try #require(products.first { $0["identifier"]?.string == identifier })
    }

    @Test func `a token that is not accepted exits with 77, and is not repeated`() async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\n")
        let result = try project.run(["customers.yaml"], ["SALESDOCK_TOKEN": "tok-of-nobody-55aa"])
        #expect(result.status == 77)
        #expect(!result.errors.contains("tok-of-nobody"))
        #expect(result.errors.localizedCaseInsensitiveContains("token"), "\(result.errors)")
        #expect(try await project.emulator.records("relations").isEmpty)
    }

    /// What is wrong with the token or the user, and what the message says of it.
    @Test(arguments: [
        ("agent", "Use the token of an Admin"), ("admin,internal", "internal"), ("admin,ip=10.9.9.9", "IP"),
    ])
    func `a forbidden call exits with 77 and says what to do`(role: String, remedy: String) async throws {
        let project = try Project(tokens: ["\(Emulator.token)=\(role)"])
        try project.folder.customers("K1;Jansen;a@post.example\n")
        let result = try project.run(["customers.yaml"])
        #expect(result.status == 77, "\(result.errors)")
        #expect(result.errors.contains(remedy), "\(result.errors)")
        #expect(try result.outcome().isBalanced)
        #expect(try await project.emulator.records("relations").isEmpty)
    }

    @Test func `a user without a permission exits with 77`() async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\n")
        try await project.emulator.faults([["method": "POST", "action": "error_before", "status": 403]])
        let result = try project.run(["customers.yaml"])
        #expect(result.status == 77, "\(result.errors)")
        #expect(result.errors.localizedCaseInsensitiveContains("permission"), "\(result.errors)")
    }

    @Test func `a Salesdock that nobody answers for exits with 69`() throws {
        let folder = try Folder()
        try folder.customers("K1;Jansen;a@post.example\n")
        // Port 1 is nobody's.
        let environment = [
            "SALESDOCK_DOMAIN": "demo", "SALESDOCK_TOKEN": Emulator.token, "SALESDOCK_BASE_URL": "http://127.0.0.1:1",
        ]
        let result = try Binary.run(
            ["run", "--format", "json", "--quiet"] + Project.fast, environment: environment, in: folder)
        #expect(result.status == 69, "\(result.errors)")
        #expect(result.errors.contains("refused"), "\(result.errors)")
        #expect(try result.outcome().isBalanced)
    }

    /// A word of the format, and a field that Salesdock has not: its values would be lost.
    @Test(arguments: [("lastname:", "lastnam:", "9:", "'lastname'"), ("source:", "sorce:", "3:", "'source'")])
    func `a pipeline with a mistake exits with 78 and sends nothing`(
        word: String, wrong: String, line: String, meant: String
    ) async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\n")
        let path = project.folder.path + "/customers.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try project.folder.write("customers.yaml", text.replacing(word, with: wrong))
        for verb in ["check", "validate", "run"] {
            let result = try project.dockhand([verb, "customers.yaml"])
            #expect(result.status == 78, "\(verb)")
            let said = result.output + result.errors
            #expect(said.contains("customers.yaml:\(line)") && said.contains(meant), "\(verb): \(said)")
        }
        #expect(try await project.emulator.get("requests")["total"] == 0)
    }

    @Test func `a redirect is not followed and exits with 78`() async throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\n")
        try await project.emulator.faults([["action": "error_before", "status": 302]])
        let result = try project.run(["customers.yaml"])
        #expect(result.status == 78, "\(result.errors)")
        #expect(try await project.emulator.get("requests")["total"] == 1)
    }
}
