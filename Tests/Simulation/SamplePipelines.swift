/// The pipelines that a world runs, in the order in which they refer to each other.
enum SamplePipelines {
    static func all(matchesCustomers: Bool) -> [(name: String, text: String)] {
        [
            ("suppliers", suppliers), ("products", products),
            ("customers", customers(matches: matchesCustomers)), ("offers", offers),
        ]
    }

    private static let suppliers = """
        pipeline: suppliers
        key: code
        source: { csv: { path: suppliers.csv, delimiter: ";" } }
        transforms:
          - map: { name: naam, identifier: code, active: { const: "1" } }
        sink:
          salesdock.suppliers: { match: [identifier], existing: update }
        """

    private static let products = """
        pipeline: products
        key: code
        source: { csv: { path: products.csv, delimiter: ";" } }
        transforms:
          - map:
              name: naam
              identifier: code
              type: soort
              active: { const: "1" }
              retention: { const: "2" }
              supplier_id: { from: lev, ref: suppliers }
              energy.tariff_single: enkel
              energy.tariff_fixed_e: vast
        sink:
          salesdock.products: { match: [identifier], existing: update, energy: true }
        """

    private static func customers(matches: Bool) -> String {
        """
        pipeline: customers
        key: nr
        source: { csv: { path: customers.csv, delimiter: ";" } }
        transforms:
          - map:
              visibility: { const: account }
              business: { const: "0" }
              lastname: naam
              email: { from: email, apply: [trim, lowercase] }
              phone: telefoon
              postcode: postcode
              cf_origin: { template: "legacy {nr}" }
        sink:
          salesdock.customers: \(matches ? "{ match: [email], existing: update }" : "{}")
        """
    }

    private static let offers = """
        pipeline: offers
        key: nr
        source: { csv: { path: offers.csv, delimiter: ";" } }
        transforms:
          - map:
              transaction_type: { const: offer }
              external_reference: nr
              relation_id: { from: klant, ref: customers }
              product_id: { from: product, ref: products }
              business: { const: "0" }
              firstname: { const: Jan }
              lastname: { const: Jansen }
              email: { const: offerte@mail.example }
              phone: telefoon
              postcode: { const: 1234AB }
              housenumber: huis
              streetname: { const: Straat }
              city: { const: Enschede }
              connection_postcode: { const: 1234AB }
              connection_housenumber: huis
              connection_streetname: { const: Straat }
              connection_city: { const: Enschede }
        sink:
          salesdock.offers: { flow: default/default }
        """
}
