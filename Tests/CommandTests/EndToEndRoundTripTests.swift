import ExactJSON
import Foundation
import Testing

/// What was exported and comes in again changes nothing.
@Suite(.serialized) struct EndToEndRoundTripTests {
    private static let customerFields = [
        "firstname", "lastname", "company_name", "contact_person", "email", "phone", "postcode", "housenumber",
        "suffix",
        "streetname", "city", "birthdate",
    ]

    /// Target and column of a product; tariffs stand flat in an export.
    private static let productFields: [(target: String, column: String)] =
        ["name", "identifier", "type", "active", "business", "retention", "duration", "description", "supplier_id"]
        .map { ($0, $0) } + [("price", "price"), ("price_monthly", "price_monthly")]

    private static let tariffs = [
        "product_type", "tariff_single", "tariff_high", "tariff_low", "tariff_return", "tariff_fixed_e", "tariff_g",
        "tariff_fixed_g",
    ]

    /// A migrated account, and two folders of pipelines: out of it, and into it again. Lists do not lag, so that an
    /// export right after the migration has all of it.
    private func project() throws -> Project {
        let project = try Project(emulatorOptions: ["--limit", "100000", "--search-lag", "0"])
        try #require(try project.run(["pipelines/legacy-crm"]).status == 1)
        return project
    }

    /// One migration serves all three.
    @Test func `what was exported comes in again unchanged`() async throws {
        let project = try project()
        try await customers(project)
        try await products(project)
        try await offers(project)
        try await changedOffers(project)
    }

    private func customers(_ project: Project) async throws {
        let map = Self.customerFields.map { "      \($0): \($0)" }.joined(separator: "\n")
        try project.folder.write(
            "out/customers.yaml",
            """
            pipeline: customers-out
            key: id
            source:
              salesdock.customers: {}
            transforms:
              - map:
                  business: { from: business, values: { "true": "1", "false": "0", "1": "1", "0": "0" } }
            \(map)
            sink:
              csv: { path: ../customers.csv }

            """)
        try project.folder.write(
            "in/customers.yaml",
            """
            pipeline: customers-in
            key: email
            source:
              csv: { path: ../customers.csv }
            transforms:
              - map:
                  business: business
                  visibility: { const: account }
            \(map)
            sink:
              salesdock.customers: { match: [email], existing: update }

            """)
        try await roundTrip(project, pipeline: "customers", rows: 269)
    }

    private func products(_ project: Project) async throws {
        try project.folder.write(
            "out/products.yaml",
            """
            pipeline: products-out
            key: id
            source:
              salesdock.products: {}
            sink:
              ndjson: { path: ../products.ndjson }

            """)
        let map =
            Self.productFields.map { "      \($0.target): \($0.column)" }
            + Self.tariffs.map { "      energy.\($0): { from: customfields.\($0) }" }
        try project.folder.write(
            "in/products.yaml",
            """
            pipeline: products-in
            key: identifier
            source:
              ndjson: { path: ../products.ndjson }
            transforms:
              - map:
                  valid_from: { from: valid_from, date: { from: yyyy-MM-dd, to: dd-MM-yyyy } }
            \(map.joined(separator: "\n"))
            sink:
              salesdock.products: { match: [identifier], existing: update, energy: true }

            """)
        try await roundTrip(project, pipeline: "products", rows: nil)
    }

    /// Offers have nothing to be recognised by but Salesdock's own id, which the export holds.
    private func offers(_ project: Project) async throws {
        try project.folder.write(
            "out/offers.yaml",
            """
            pipeline: offers-out
            key: id
            source:
              salesdock.offers: {}
            sink:
              ndjson: { path: ../offers.ndjson }

            """)
        let map = ["firstname", "lastname", "email", "phone", "company_name", "postcode", "housenumber", "city"]
            .map { "      \($0): \($0)" }.joined(separator: "\n")
        try project.folder.write(
            "in/offers.yaml",
            """
            pipeline: offers-in
            key: id
            source:
              ndjson: { path: ../offers.ndjson }
            transforms:
              - map:
                  id: id
                  transaction_type: transaction_type
                  relation_id: relation_id
                  product_id: product_id
            \(map)
            sink:
              salesdock.offers: { match: [id], flow: default/default }

            """)
        try await roundTrip(project, pipeline: "offers", rows: 370)
    }

    /// A changed row is sent as a change of that very offer, and an id that is not there makes nothing.
    private func changedOffers(_ project: Project) async throws {
        let file = project.folder.path + "/offers.ndjson"
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
        var offer = try #require(try JSONParser.parse([UInt8](lines[0].utf8)).object)
        let id = try #require(offer["id"]?.int)
        offer["lastname"] = "Veranderd"
        var gone = offer
        gone["id"] = 999_999
        try (lines.dropFirst() + [JSONValue.object(offer).text, JSONValue.object(gone).text]).joined(separator: "\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let writes = try await project.emulator.writes()
        let run = try project.run(["in/offers.yaml"])
        let outcome = try run.outcome()
        #expect(outcome.isBalanced)
        #expect(outcome.fate("unchanged") == 369, "\(outcome.text)")
        // These offers are completed, and Salesdock changes open ones only.
        #expect(outcome.fate("rejected") == 2, "\(outcome.text)")
        #expect(outcome["problems"]?["match.missing"] == 1)
        #expect(outcome["problems"]?["salesdock.400"] == 1)
        #expect(try await project.emulator.writes() == writes + 1)
        #expect(try await project.emulator.records("sales").contains { $0["id"]?.int == id })
    }

    /// Out, in, and nothing has changed. `rows`: how many; nil for all products, inactive ones too.
    private func roundTrip(_ project: Project, pipeline: String, rows: Int?) async throws {
        let export = try project.run(["out/\(pipeline).yaml"])
        #expect(export.status == 0, "\(export.errors)")
        let products = try await project.emulator.records("products")
        #expect(try export.outcome()["read"]?.int == rows ?? products.count)
        let (writes, contents) = (try await project.emulator.writes(), try await project.emulator.contents())

        let run = try project.run(["in/\(pipeline).yaml"])
        #expect(run.status == 0, "\(run.errors)\(run.output)")
        let outcome = try run.outcome()
        #expect(outcome.isBalanced)
        #expect(outcome.fate("unchanged") == rows ?? products.count, "\(outcome.text)")
        #expect(try await project.emulator.writes() == writes)
        #expect(try await project.emulator.contents() == contents)
        try project.check()
    }
}
