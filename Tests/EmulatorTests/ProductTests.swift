import ExactJSON
import SalesdockEmulator
import Testing

struct ProductTests {
    @Test func `a supplier is created, listed, updated and deleted`() {
        var emulator = Harness()
        let created = emulator.call(
            "POST", "account/suppliers",
            ["name": "Zon", "identifier": "zon", "active": "1", "contractor": "no", "description": ""])
        #expect(created.status == 201)
        let id = created.id("supplier_id")
        #expect(emulator.call("POST", "account/suppliers", ["name": "Zon", "identifier": "zon"]).status == 422)
        emulator.wait(2)
        #expect(
            emulator.call("GET", "user/suppliers", token: "agent-token").rows == [
                [
                    "id": .init(integerLiteral: id), "name": "Zon", "text": "Zon", "identifier": "zon",
                    "description": "",
                    "active": "1",
                ]
            ])
        #expect(emulator.call("PUT", "account/suppliers/\(id)", ["name": "Maan", "identifier": "zon"]).status == 201)
        let single = emulator.call("GET", "account/suppliers/\(id)").data
        #expect(single["name"] == "Maan")
        #expect(single["created_at"] == "2026-06-10T08:00:00.000000Z")
        #expect(emulator.call("DELETE", "account/suppliers/\(id)").status == 200)
        #expect(emulator.call("DELETE", "account/suppliers/\(id)").status == 404)
        #expect(
            emulator.call("POST", "account/suppliers", ["name": "Zon", "identifier": "zon"]).id("supplier_id") > id)
    }

    @Test func `a contractor needs its address`() {
        var emulator = Harness()
        let answer = emulator.call(
            "POST", "account/suppliers", ["name": "Zon", "identifier": "zon", "contractor": "yes"])
        #expect(answer.status == 422)
        #expect(answer.json["success"] == nil)
        #expect(answer.errors.contains("company_name"))
        #expect(answer.errors.contains("postcode"))
    }

    @Test func `a product is created and read in list and detail`() {
        var emulator = Harness()
        let supplier = emulator.call("POST", "account/suppliers", ["name": "Zon", "identifier": "zon"])
            .id("supplier_id")
        let id = emulator.product(
            "stroom-1",
            [
                "supplier_id": .init(integerLiteral: supplier), "price_monthly": number("12.5"), "business": "2",
                "retention": "0",
                "valid_from": "01-02-2026", "duration": "12", "cf_label": "groen",
                "image": ["content": "iVBORw0KGgo=", "extension": "png"],
            ])
        emulator.wait(2)
        let listed = emulator.call("GET", "account/products").rows.first ?? .null
        #expect(listed["supplier_name"] == "Zon")
        #expect(listed["supplier_id"]?.int == supplier)
        #expect(listed["active"] == "1")
        #expect(listed["valid_from"] == "2026-02-01")
        #expect(listed["price_monthly"] == nil)
        let single = emulator.call("GET", "user/products/\(id)", token: "agent-token").data
        #expect(single["price_monthly"] == "12.5")
        #expect(single["duration"] == 12)
        #expect(single["main"] == 1)
        #expect(single["customfields"]?["label"] == "groen")
        #expect(single["image"]?["extension"] == "png")
    }

    @Test func `identifiers are unique and the type is fixed`() {
        var emulator = Harness()
        let id = emulator.product("stroom-1")
        let other = emulator.product("stroom-2")
        let duplicate = emulator.call(
            "POST", "account/products", ["name": "X", "identifier": "stroom-1", "type": "simple", "active": "1"])
        #expect(duplicate.status == 422)
        #expect(duplicate.errors == ["identifier"])
        #expect(emulator.call("PUT", "account/products/\(id)", ["identifier": "stroom-1"]).status == 200)
        #expect(emulator.call("PUT", "account/products/\(id)", ["identifier": "stroom-2"]).errors == ["identifier"])
        #expect(emulator.call("PUT", "account/products/\(id)", ["type": "default"]).errors == ["type"])
        #expect(emulator.call("PUT", "account/products/\(id)", ["type": "simple", "name": "Y"]).status == 200)
        #expect(emulator.call("PUT", "account/products/\(id)", ["supplier_id": 5]).errors == ["supplier_id"])
        #expect(emulator.call("DELETE", "account/products/\(other)").status == 200)
        #expect(emulator.call("PUT", "account/products/\(id)", ["identifier": "stroom-2"]).status == 200)
        #expect(emulator.product("stroom-1") > other)
    }

    @Test func `the list shows active products unless the account asks for others`() {
        var emulator = Harness()
        let on = emulator.product("aan", ["business": "1", "type": "telecom_3p"])
        let off = emulator.product("uit", ["active": "0", "name": "Gas"])
        emulator.wait(2)
        #expect(emulator.call("GET", "account/products").ids() == [on])
        #expect(emulator.call("GET", "account/products?active=0").ids() == [off])
        #expect(emulator.call("GET", "user/products?active=0").ids() == [on])
        #expect(emulator.call("GET", "account/products?active=0&q=ga").ids() == [off])
        #expect(emulator.call("GET", "account/products?types%5B0%5D=simple&types%5B1%5D=telecom_3p").ids() == [on])
        #expect(emulator.call("GET", "account/products?types[]=simple").ids().isEmpty)
        #expect(emulator.call("GET", "account/products?type=telecom_3p&business=1").ids() == [on])
        #expect(emulator.call("GET", "account/products?business=0").ids().isEmpty)
    }

    @Test func `tariffs are a second step`() {
        var emulator = Harness()
        let id = emulator.product("stroom", ["type": "energy_e_g"])
        let bare = emulator.call("PUT", "account/products/\(id)/energy", ["type": "energy_e_g", "active": "1"])
        #expect(bare.status == 422)
        #expect(bare.errors.contains("tariff_single"))
        let tariffs: JSONValue = [
            "type": "energy_e_g", "active": "1", "product_type": "fixed", "tariff_single": "0.03829",
            "tariff_fixed_e": "14.99", "tariff_g": number("1.448"), "tariff_fixed_g": "15.99",
            "contractduur": "12 maanden",
            "valid_from": "01-01-2026",
        ]
        #expect(emulator.call("PUT", "account/products/\(id)/energy", tariffs).status == 200)
        let own: JSONValue = [
            "type": "energy_e_g", "active": "1", "do_not_update_tariffs": true, "contractduur": "24 maanden",
            "tariff_single": "9",
        ]
        #expect(emulator.call("PUT", "account/products/\(id)/energy", own).status == 200)
        let custom = emulator.call("GET", "account/products/\(id)").data["customfields"] ?? .null
        #expect(custom["tariff_single"] == "0.03829")
        #expect(custom["tariff_g"] == "1.448")
        #expect(custom["contractduur"] == "24 maanden")
        #expect(
            emulator.call("PUT", "account/products/\(id)/energy", ["type": "energy_x", "active": "1"]).status == 422)
    }

    @Test func `attachments are added, updated and deleted, and a repeated add adds another`() {
        var emulator = Harness()
        let add: JSONValue = [
            "document": "doc_1", "action": "add", "name": "Voorwaarden", "content": "JVBERi0xLjQK", "extension": ".pdf",
            "visibility": ["email"],
        ]
        let id = emulator.product("stroom", ["attachments": [add]])
        emulator.call("PUT", "account/products/\(id)", ["attachments": [add]])
        func names() -> [String] {
            (emulator.call("GET", "account/products/\(id)").data["documents"]?.array ?? []).map {
                $0["name"]?.string ?? ""
            }
        }
        #expect(names() == ["Voorwaarden.pdf", "Voorwaarden.pdf"])
        emulator.call(
            "PUT", "account/products/\(id)",
            [
                "attachments": [
                    ["document": "doc_1", "action": "delete"],
                    ["document": "doc_1-2", "action": "update", "name": "Nieuw"],
                ]
            ])
        #expect(names() == ["Nieuw.pdf"])
    }

    @Test func `who may sell what: an absent list is all, an empty list none`() {
        var emulator = Harness()
        let ids = [emulator.product("a"), emulator.product("b")]
        emulator.wait(2)
        func sellable() -> Set<Int> { Set(emulator.call("GET", "user/products", token: "agent-token").ids()) }
        #expect(sellable() == Set(ids))
        let none = emulator.call("POST", "account/connect-organisation-to-products/1", ["products": []])
        #expect(none.data["products"] == [])
        #expect(sellable().isEmpty)
        let one = emulator.call(
            "POST", "account/connect-organisation-to-products/1", ["products": [.string("\(ids[0])"), 999]])
        #expect(one.data == ["organisation_id": 1, "products": [.init(integerLiteral: ids[0])]])
        #expect(sellable() == [ids[0]])
        let connected = emulator.call(
            "POST", "account/connect-product-to-organisations/\(ids[1])", ["organisations": ["1", "2"]])
        #expect(connected.data["organisations"] == [1])
        #expect(sellable() == Set(ids))
        emulator.call("POST", "account/connect-organisation-to-products/1", [:])
        #expect(sellable() == Set(ids))
        #expect(emulator.call("GET", "account/products").rows.count == 2)
    }

    @Test func `the set-up of the account can be read`() {
        var emulator = Harness()
        let flows = emulator.call("GET", "user/flows", token: "agent-token").rows
        let names = flows.map { "\($0["type"]?.string ?? "")/\($0["identifier"]?.string ?? "")" }
        #expect(
            Set(names).isSuperset(of: [
                "default/default", "energie-small-business/energie", "energie/consument", "telecom/telecom",
                "solar-panels/zonnepanelen", "heat-pump/warmtepomp",
            ]))
        #expect(emulator.call("GET", "account/flows/4").data["identifier"] == "energie")
        #expect(emulator.call("GET", "account/flows/999").status == 404)
        let questions = emulator.call("GET", "account/productquestions").rows.compactMap { $0["identifier"]?.string }
        #expect(Set(questions).isSuperset(of: ["betaalwijze", "inhuizing", "ingangsdatum"]))
        let agreements = emulator.call("GET", "account/agreements").rows.compactMap { $0["identifier"]?.string }
        #expect(agreements.contains("privacy-statement"))
        #expect(emulator.call("GET", "account/statuses?status_source=sale").rows.contains { $0["id"] == "new" })
    }
}
