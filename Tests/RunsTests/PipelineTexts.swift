/// Pipelines that refer to each other, for tests that need more than customers.
enum PipelineTexts {
    static let products = """
        pipeline: products
        key: code
        source: { csv: { path: products.csv, delimiter: ";" } }
        transforms:
          - map:
              name: naam
              identifier: code
              type: { const: energy_e }
              active: { const: "1" }
              business: { const: "0" }
              retention: { const: "2" }
              energy.product_type: { const: fixed }
              energy.tariff_single: { from: enkel, number: { decimal: "," } }
              energy.tariff_fixed_e: { const: "5" }
        sink:
          salesdock.products: { match: [identifier], energy: true }
        """

    static let offers = """
        pipeline: offers
        key: nr
        source: { csv: { path: offers.csv, delimiter: ";" } }
        transforms:
          - map:
              transaction_type: { const: offer }
              relation_id: { from: klant, ref: customers }
              product_id: { from: product, ref: products }
              external_reference: nr
              sale_channel: { const: online }
              business: { const: "0" }
              firstname: { const: An }
              lastname: { const: Jansen }
              birthdate: { const: 01-02-1980 }
              email: { template: "{nr}@post.example" }
              phone: { const: "0612345678" }
              postcode: { const: 1234AB }
              housenumber: { const: "1" }
              streetname: { const: Kade }
              city: { const: Delft }
              connection_postcode: { const: 1234AB }
              connection_housenumber: { const: "1" }
              connection_streetname: { const: Kade }
              connection_city: { const: Delft }
              questionData.betaalwijze: { const: Automatische incasso }
              agreements.privacy-statement: { const: "1" }
        sink:
          salesdock.offers: { flow: default/default }
        """

    /// Customers 1 to `count`.
    static func customers(_ count: Int) -> String {
        "nr;naam;email;telefoon\n" + (1...count).map { "\($0);Jansen \($0);k\($0)@mail.example;\n" }.joined()
    }

    static func products(_ count: Int) -> String {
        "code;naam;enkel\n" + (1...count).map { "p\($0);Product \($0);0,2\($0)\n" }.joined()
    }

    /// Offers of customer 1 to `count` and product 1, `each` of them for a customer.
    static func offers(_ count: Int, customers: Int) -> String {
        "nr;klant;product\n" + (1...count).map { "o\($0);\(($0 - 1) % customers + 1);p1\n" }.joined()
    }
}
