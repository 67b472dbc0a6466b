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

    @Test func `customers exported as CSV come in again unchanged`() async throws {
        let project = try project()
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

    @Test func `products exported as NDJSON come in again unchanged`() async throws {
        let project = try project()
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
