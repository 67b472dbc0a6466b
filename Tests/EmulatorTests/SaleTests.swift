import ExactJSON
import SalesdockEmulator
import Testing

struct SaleTests {
    @Test func `an offer without a contract date is open and e-mails the customer`() {
        var emulator = Harness()
        let product = emulator.product()
        let relation = emulator.relation()
        let created = emulator.call(
            "POST", "sales/flow/default/default",
            emulator.offer(
                product: product, ["relation_id": .init(integerLiteral: relation), "external_reference": "K-1"]))
        #expect(created.status == 201)
        let id = created.id("sale_id")
        let state = emulator.state()
        #expect(state["outbox"]?.array?.count == 1)
        #expect(state["outbox"]?.array?.first?["to"] == "jip@voorbeeld.example")
        #expect(state["outbox"]?.array?.first?["sale_id"]?.int == id)
        let held = state["sales"]?.array?.first ?? .null
        #expect(held["relation_id"]?.int == relation)
        #expect(held["product_id"]?.int == product)
        #expect(held["flow"] == "default/default")
        #expect(held["external_reference"] == "K-1")
        #expect(state["relations"]?.array?.count == 1)
        let single = emulator.call("GET", "account/sales/\(id)").data
        #expect(single["offer_accepted"] == false)
        #expect(single["relation"]?["id"]?.int == relation)
        #expect(single["product"]?["identifier"] == "stroom")
        #expect(single["flow"]?["type"] == "default")
        #expect(single["customer"]?["phone"] == "+31612345678")
        #expect(single["customer"]?["address"]?["postcode"] == "7511PG")
        #expect(single["external_reference"] == nil)
        #expect(single["offer_valid_till"] == "2026-06-24 00:00:00")
    }

    @Test func `a completed offer needs its contract and sends nothing`() {
        var emulator = Harness()
        let product = emulator.product()
        let refused = emulator.call(
            "POST", "sales/flow/default/default",
            emulator.offer(product: product, ["contract_date": "01-06-2026", "contract_pdf": ["content": "@@"]]))
        #expect(refused.status == 400)
        #expect(
            refused.errors.sorted() == ["contract_pdf.content", "contract_pdf.created_at", "contract_pdf.extension"])
        let done = emulator.call(
            "POST", "sales/flow/default/default", emulator.offer(product: product, Harness.contract))
        #expect(done.status == 201)
        let state = emulator.state()
        #expect(state["outbox"] == [])
        let held = state["sales"]?.array?.first ?? .null
        #expect(held["contract_pdf"]?["content"] == "JVBERi0xLjQK")
        #expect(held["contract_pdf"]?["length"] == 9)
        let single = emulator.call("GET", "account/sales/\(done.id("sale_id"))").data
        #expect(single["offer_accepted"] == true)
        #expect(single["finalized_at"] == "2026-06-01 00:00:00")
        #expect(
            emulator.control("GET", "state?contents=omit").json["sales"]?.array?.first?["contract_pdf"]?["content"]
                == nil)
    }

    @Test func `without a relation a new one is made`() {
        var emulator = Harness()
        let product = emulator.product()
        emulator.call("POST", "sales/flow/default/default", emulator.offer(product: product))
        emulator.call("POST", "sales/flow/default/default", emulator.offer(product: product))
        let relations = emulator.state()["relations"]?.array ?? []
        #expect(relations.count == 2)
        #expect(relations.allSatisfy { $0["email"] == "jip@voorbeeld.example" })
    }

    @Test func `a sale needs an active product and a relation that the token sees`() {
        var emulator = Harness()
        let product = emulator.product("aan")
        let inactive = emulator.product("uit", ["active": "0"])
        let relation = emulator.relation()
        for wrong in [inactive, 1] {
            let refused = emulator.call("POST", "sales/flow/default/default", emulator.offer(product: wrong))
            #expect(refused.status == 400)
            #expect(refused.json == ["success": false, "message": "Invalid product", "code": "400"])
        }
        let body = emulator.offer(product: product, ["relation_id": .init(integerLiteral: relation)])
        let foreign = emulator.call("POST", "sales/flow/default/default", body, token: "agent-token")
        #expect(foreign.errors == ["relation_id"])
        #expect(emulator.call("POST", "sales/flow/default/default", body).status == 201)
        #expect(emulator.call("POST", "sales/flow/default/nergens", body).status == 404)
        #expect(emulator.count("sales") == 1)
        #expect(emulator.count("relations") == 1)
    }

    @Test func `agreements and questions are mandatory where the flow says so`() {
        var emulator = Harness()
        let product = emulator.product()
        let refused = emulator.call("POST", "sales/flow/default/strikt", emulator.offer(product: product))
        #expect(refused.errors.sorted() == ["agreements.privacy-statement", "questionData.betaalwijze"])
        let body = emulator.offer(
            product: product,
            ["agreements": ["privacy-statement": "1"], "questionData": ["betaalwijze": "Factuur", "eigen": "ja"]])
        #expect(emulator.call("POST", "sales/flow/default/strikt", body).status == 201)
    }

    @Test func `sales are listed by ten with their filters`() {
        var emulator = Harness()
        let first = emulator.product("een")
        let second = emulator.product("twee", ["type": "telecom_3p"])
        let ids = (0..<12).map { index in
            emulator.call(
                "POST", "sales/flow/default/default",
                emulator.offer(product: index == 0 ? second : first, index < 3 ? Harness.contract : [:])
            ).id("sale_id")
        }
        emulator.wait(2)
        let page = emulator.call("GET", "account/sales")
        #expect(page.data["per_page"] == 10)
        #expect(page.ids() == Array(ids.reversed().prefix(10)))
        #expect(emulator.call("GET", "account/sales?page=2").ids() == [ids[1], ids[0]])
        #expect(
            emulator.call("GET", "account/sales?statuses[0]=offer_accepted&statuses[1]=x").ids() == [
                ids[2], ids[1], ids[0],
            ])
        #expect(emulator.call("GET", "account/sales?offer_statuses%5B0%5D=open").data["total"] == 9)
        #expect(emulator.call("GET", "account/sales?product_types[]=telecom_3p").ids() == [ids[0]])
        #expect(
            emulator.call("GET", "account/sales?sale_ids[0]=\(ids[4])&sale_ids[1]=\(ids[5])").ids() == [ids[5], ids[4]])
        #expect(emulator.call("GET", "account/sales?type=sale").rows.isEmpty)
        #expect(emulator.call("GET", "account/sales?flow_id=4").rows.isEmpty)
        let finalised =
            "account/sales?period=custom&period_filter_on=finalized_at&period_start=2026-06-01&period_end=2026-06-01"
        #expect(emulator.call("GET", finalised).rows.count == 3)
        let row = page.rows.first ?? .null
        #expect(row["sub_type"] == "offer")
        #expect(row["offer"] == "1")
        #expect(row["business"] == "0")
        #expect(row["connection_postcode"] == "7511PG")
        #expect(row["relation_id"]?.int != nil)
        let extended = emulator.call("GET", "account/sales?extended=true").rows.first ?? .null
        #expect(extended["type"] == "offer")
        #expect(extended["customer"]?["firstname"] == "Jip")
    }

    @Test func `a sale of long ago carries its own creation time`() {
        var emulator = Harness()
        let product = emulator.product()
        let id = emulator.call(
            "POST", "sales/flow/default/default",
            emulator.offer(product: product, ["initial_created_at": "2021-03-04 05:06:07"])
        ).id("sale_id")
        emulator.wait(2)
        #expect(emulator.call("GET", "account/sales/\(id)").data["created_at"] == "2021-03-04 05:06:07")
        let then = "account/sales?period=custom&period_start=2021-03-04&period_end=2021-03-04"
        #expect(emulator.call("GET", then).ids() == [id])
        #expect(emulator.call("GET", "account/sales?period=today").ids().isEmpty)
    }

    @Test func `agents see their own sales only`() {
        var emulator = Harness()
        let product = emulator.product()
        let mine = emulator.call(
            "POST", "sales/flow/default/default", emulator.offer(product: product), token: "agent-token"
        )
        .id("sale_id")
        let other = emulator.call("POST", "sales/flow/default/default", emulator.offer(product: product)).id("sale_id")
        emulator.wait(2)
        #expect(emulator.call("GET", "user/sales", token: "agent-token").ids() == [mine])
        #expect(emulator.call("GET", "user/sales/\(other)", token: "agent-token").status == 404)
        #expect(emulator.call("PATCH", "user/proposal/\(other)", [:], token: "agent-token").status == 404)
    }

    @Test func `an open offer is changed as a proposal, a finalised one as a sale`() {
        var emulator = Harness()
        let product = emulator.product()
        let extra = emulator.product("extra")
        let open = emulator.call(
            "POST", "sales/flow/default/default",
            emulator.offer(product: product, ["questionData": ["betaalwijze": "Factuur", "oud": "x"]])
        ).id("sale_id")
        let closed = emulator.call(
            "POST", "sales/flow/default/default", emulator.offer(product: product, Harness.contract)
        ).id("sale_id")
        let body: JSONValue = [
            "customer": ["lastname": "Nieuw", "email": "N@V.example", "coc": "1", "address": ["city": "Almelo"]],
            "product_questions": ["delete": ["oud"], "upsert": ["betaalwijze": "Incasso"]],
            "agreements": ["delete": [], "upsert": ["optin": "1"]],
            "flow_default": [
                "products": ["upsert": ["deel": [["id": .init(integerLiteral: extra), "quantity": "2"]]]]
            ],
        ]
        #expect(emulator.call("PATCH", "account/proposal/\(closed)", body).status == 400)
        #expect(emulator.call("PATCH", "account/sales/\(open)", body).status == 400)
        let done = emulator.call("PATCH", "account/proposal/\(open)", body)
        #expect(done.status == 200)
        #expect(done.id("sale_id") == open)
        let single = emulator.call("GET", "account/sales/\(open)").data
        #expect(single["customer"]?["lastname"] == "Nieuw")
        #expect(single["customer"]?["firstname"] == "Jip")
        #expect(single["customer"]?["email"] == "n@v.example")
        #expect(single["customer"]?["address"]?["city"] == "Almelo")
        #expect(emulator.call("GET", "account/sales/answers/\(open)").data == ["betaalwijze": "Incasso"])
        let products = emulator.call("GET", "account/sales/\(open)/products").data["products"]?.array ?? []
        #expect(products.map { $0["quantity"]?.int } == [1, 2])
        #expect(
            emulator.call("GET", "account/sales/\(open)/history").rows.map { $0["type"] } == ["created", "changeddata"])
        #expect(emulator.call("PATCH", "account/sales/\(closed)", body).status == 200)
        #expect(emulator.call("GET", "account/sales/\(closed)/documents").rows.count == 1)
    }

    @Test func `an order is completed by its contract date too`() {
        var emulator = Harness()
        let product = emulator.product()
        let body = emulator.offer(product: product, ["transaction_type": "order"])
        #expect(emulator.call("POST", "sales/flow/default/default", body).status == 201)
        #expect(emulator.call("POST", "sales/flow/default/default", merged(body, Harness.contract)).status == 201)
        #expect(emulator.state()["outbox"]?.array?.map { $0["kind"] } == ["order_verification"])
    }
}
