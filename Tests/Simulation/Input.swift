import TestSupport

/// The legacy data of a world, and what Salesdock must hold once it is loaded.
///
/// Written down field by field, without a line of what plans and writes in the product: both would be wrong together.
struct Input {
    struct Supplier {
        let key: String
        var name: String
    }

    struct Product {
        let key: String
        var name: String
        let supplier: String
        /// Energy products have one, sent by a second request.
        var tariff: String?
    }

    struct Customer {
        let key: String
        var name: String
        var email: String
        var phone: String
        var postcode: String
    }

    struct Offer {
        let key: String
        let customer: String
        let product: String
        var phone: String
        let house: Int
    }

    /// Input rows of one pipeline, by what must become of them.
    struct Tally: Equatable, CustomStringConvertible {
        var present = 0
        var duplicate = 0
        var rejected = 0
        var parked = 0
        var failed = 0

        var description: String {
            "present \(present) duplicate \(duplicate) rejected \(rejected) parked \(parked) failed \(failed)"
        }
    }

    var suppliers: [Supplier] = []
    var products: [Product] = []
    var customers: [Customer] = []
    var offers: [Offer] = []
    /// A customer's line that stands in the file twice.
    var repeatedCustomer: String?
    /// A customer's line that stands in the file again with another name.
    var conflictingCustomer: String?
    /// Customers of one e-mail where customers are matched by it: one of them is made, the other refused.
    var rivals: [String] = []
    /// A customer whose e-mail two records of others have already: neither is taken, and none is made.
    var ambiguous: String?
    /// Products that a person has deleted.
    var deletedProducts: Set<String> = []

    init(_ scenario: Scenario) {
        var random = SeededRNG(seed: scenario.seed ^ 0x1A9_0717)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        suppliers = (1...Int.random(in: 1...2, using: &random)).map {
            Supplier(key: "lev-\($0)", name: "Energie \($0)")
        }
        products = (1...Int.random(in: 1...3, using: &random)).map { number in
            Product(
                key: "prod-\(number)", name: "Stroom \(number)", supplier: suppliers[number % suppliers.count].key,
                tariff: chance(70) ? "0.2\(number)" : nil)
        }
        customers = (1...Int.random(in: 2...7, using: &random)).map { number in
            Customer(
                key: "\(number)", name: "Jansen \(number)", email: "klant\(number)@mail.example",
                phone: "06123410\(10 + number)", postcode: "12\(10 + number)AB")
        }
        // People of one household.
        if customers.count > 3, chance(40) { customers[3].phone = customers[2].phone }
        if customers.count > 2 {
            if chance(30) { repeatedCustomer = customers[0].key }
            if chance(20) { conflictingCustomer = customers[1].key }
        }
        if scenario.matchesCustomers {
            if chance(20) {
                ambiguous = "71"
                customers.append(
                    Customer(
                        key: "71", name: "Dubbel", email: "dubbel@mail.example", phone: "0612347777", postcode: "6811AA"
                    ))
            }
            if chance(25), scenario.lagSeconds <= 2 {
                rivals = ["81", "82"]
                for key in rivals {
                    customers.append(
                        Customer(
                            key: key, name: "Rivaal", email: "rivaal@mail.example", phone: "0612349999",
                            postcode: "9711LM"))
                }
            }
        } else if chance(60) {
            // Alike in everything that a list shows.
            for key in ["91", "92"] {
                customers.append(
                    Customer(
                        key: key, name: "Tweeling", email: "tweeling@mail.example", phone: "0612348888",
                        postcode: "3511XK"))
            }
        }
        if chance(40) {
            // One of them fits all that is known of the other.
            for (key, email) in [("95", ""), ("96", "zonder@mail.example")] {
                customers.append(
                    Customer(key: key, name: "Zonder", email: email, phone: "0612346666", postcode: "4811AB"))
            }
        }
        let sellable = customers.filter { !rivals.contains($0.key) && $0.key != ambiguous }
        for number in 1...Int.random(in: 1...4, using: &random) {
            let customer = sellable[Int.random(in: 0..<sellable.count, using: &random)].key
            let product = products[Int.random(in: 0..<products.count, using: &random)].key
            offers.append(
                Offer(
                    key: "off-\(number)", customer: customer, product: product, phone: "0201234\(560 + number)",
                    house: number))
        }
        if chance(25) {
            offers.append(Offer(key: "off-9", customer: "none", product: "prod-1", phone: "0201234999", house: 9))
        }
    }

    /// The same data some time later: some rows have changed, some are new.
    func later(_ random: inout SeededRNG) -> (input: Input, changed: Set<String>) {
        var next = self
        var changed: Set<String> = []
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        for index in next.suppliers.indices where chance(30) {
            next.suppliers[index].name += " BV"
            changed.insert("suppliers/\(next.suppliers[index].key)")
        }
        for index in next.products.indices where chance(70) || deletedProducts.contains(next.products[index].key) {
            if next.products[index].tariff != nil, chance(60) {
                next.products[index].tariff = "0.3\(index)"
            } else {
                next.products[index].name += " plus"
            }
            changed.insert("products/\(next.products[index].key)")
        }
        for index in next.customers.indices where chance(40) {
            // Look-alikes must stay alike, and rivals must stay rivals.
            if Int(next.customers[index].key).map({ $0 > 70 }) ?? true { continue }
            next.customers[index].name = "Pietersen \(next.customers[index].key)"
            next.customers[index].phone = "06777000" + String(10 + index)
            changed.insert("relations/legacy \(next.customers[index].key)")
        }
        for index in next.offers.indices where chance(30) && next.offers[index].customer != "none" {
            next.offers[index].phone = "0309876\(100 + index)"
            changed.insert("sales/\(next.offers[index].key)")
        }
        let added = Int.random(in: 0...2, using: &random)
        for number in 0..<added {
            let key = "\(50 + number)"
            next.customers.append(
                Customer(
                    key: key, name: "Nieuw \(key)", email: "nieuw\(key)@mail.example", phone: "06555000\(key)",
                    postcode: "5611AA"))
        }
        return (next, changed)
    }

    /// Every record that must be there, by its identity, with the fields that are compared.
    var expected: [String: [String: String]] {
        var records: [String: [String: String]] = [:]
        for supplier in suppliers { records["suppliers/\(supplier.key)"] = ["name": supplier.name] }
        for product in products where !deletedProducts.contains(product.key) {
            records["products/\(product.key)"] = [
                "name": product.name, "supplier": product.supplier, "tariff": product.tariff ?? "",
            ]
        }
        for customer in customers where customer.key != ambiguous {
            records["relations/legacy \(customer.key)"] = [
                "lastname": customer.name, "email": customer.email, "phone": "+31" + customer.phone.dropFirst(),
                "postcode": customer.postcode,
            ]
        }
        for offer in offers where offer.customer != "none" {
            records["sales/\(offer.key)"] = [
                "customer": "legacy \(offer.customer)", "product": offer.product,
                "phone": "+31" + offer.phone.dropFirst(),
            ]
        }
        return records
    }

    var identities: Set<String> { Set(expected.map(\.key)) }

    /// Fates of a run that had nothing left to do.
    var tallies: [String: Tally] {
        let refused = (rivals.isEmpty ? 0 : 1) + (ambiguous == nil ? 0 : 1)
        let changedGone = products.filter { deletedProducts.contains($0.key) }.count
        return [
            "suppliers": Tally(present: suppliers.count),
            "products": Tally(present: products.count - changedGone, failed: changedGone),
            "customers": Tally(
                present: customers.count - refused, duplicate: repeatedCustomer == nil ? 0 : 1,
                rejected: (conflictingCustomer == nil ? 0 : 1) + refused),
            "offers": Tally(
                present: offers.filter { $0.customer != "none" }.count,
                parked: offers.filter { $0.customer == "none" }.count),
        ]
    }
}

extension Input {
    /// The files that the pipelines read, by name.
    var files: [(name: String, text: String)] {
        var people = "nr;naam;email;telefoon;postcode\n"
        for customer in customers { people += line(customer) }
        for customer in customers where customer.key == repeatedCustomer { people += line(customer) }
        for var customer in customers where customer.key == conflictingCustomer {
            customer.name = "Iemand anders"
            people += line(customer)
        }
        return [
            ("suppliers.csv", "code;naam\n" + suppliers.map { "\($0.key);\($0.name)\n" }.joined()),
            (
                "products.csv",
                "code;naam;lev;soort;enkel;vast\n"
                    + products.map { product in
                        let energy = product.tariff.map { "energy_e;\($0);1.00" } ?? "default;;"
                        return "\(product.key);\(product.name);\(product.supplier);\(energy)\n"
                    }.joined()
            ),
            ("customers.csv", people),
            (
                "offers.csv",
                "nr;klant;product;telefoon;huis\n"
                    + offers.map { "\($0.key);\($0.customer);\($0.product);\($0.phone);\($0.house)\n" }.joined()
            ),
        ]
    }

    private func line(_ customer: Customer) -> String {
        "\(customer.key);\(customer.name);\(customer.email);\(customer.phone);\(customer.postcode)\n"
    }
}
