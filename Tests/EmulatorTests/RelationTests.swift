import ExactJSON
import SalesdockEmulator
import Testing

struct RelationTests {
    @Test func `a relation is created, listed flat and read nested`() {
        var emulator = Harness()
        let created = emulator.call(
            "POST", "account/relations",
            [
                "visibility": "account", "business": "1", "company_name": "Bakkerij Zon", "company_coc": "12345678",
                "company_vat": "NL1", "email": "Info@Zon.Example", "postcode": "7511 pg", "phone": "06-1234 5678",
                "firstname": " Jip ", "suffix": "", "birthdate": "31-12-1990", "cf_origin": "legacy",
                "organisation_id": 1, "nonsense": "ignored",
            ])
        #expect(created.status == 201)
        #expect(created.message == "Relatie succesvol aangemaakt")
        let id = created.id("relation_id")
        emulator.wait(2)
        let row = emulator.call("GET", "account/relations").rows.first ?? .null
        #expect(row["id"]?.int == id)
        #expect(row["business"] == true)
        #expect(row["coc"] == "12345678")
        #expect(row["vat"] == "NL1")
        #expect(row["postcode"] == "7511PG")
        #expect(row["phone"] == "+31612345678")
        #expect(row["email"] == "info@zon.example")
        #expect(row["firstname"] == "Jip")
        #expect(row["suffix"] == JSONValue.null)
        #expect(row["created_at"] == "2026-06-10 10:00:00")
        #expect(row.object?.members.contains { $0.name.hasPrefix("cf_") || $0.name == "extrafields" } == false)
        let single = emulator.call("GET", "account/relations/\(id)").data
        #expect(single["customer"]?["company_name"] == "Bakkerij Zon")
        #expect(single["customer"]?["address"]?["postcode"] == "7511PG")
        #expect(single["customer"]?["coc"] == "12345678")
        #expect(single["shared_with"] == "account")
        #expect(single["extrafields"]?.array?.first?["identifier"] == "origin")
        #expect(single["extrafields"]?.array?.first?["value"] == "legacy")
    }

    @Test func `a kind emulator keeps values as sent and lists at once`() {
        var emulator = Harness { $0.unkind = false }
        _ = emulator.relation("Jansen ", ["postcode": "7511 pg", "email": "A@B.example"])
        let row = emulator.call("GET", "account/relations").rows.first ?? .null
        #expect(row["postcode"] == "7511 pg")
        #expect(row["email"] == "A@B.example")
        #expect(row["lastname"] == "Jansen ")
    }

    @Test func `validation errors come by field`() {
        var emulator = Harness()
        let missing = emulator.call("POST", "account/relations", ["business": "0", "birthdate": "1990-12-31"])
        #expect(missing.status == 400)
        #expect(missing.message == "Validatie fout")
        #expect(missing.json["code"] == 400)
        #expect(missing.errors.sorted() == ["birthdate", "lastname", "visibility"])
        let wrong = emulator.call(
            "POST", "account/relations", ["visibility": "public", "business": "2", "lastname": "X"])
        #expect(wrong.errors.sorted() == ["business", "visibility"])
        #expect(
            wrong.json["errors"]?["visibility"]?.array == ["Het geselecteerde visibility is ongeldig."])
        #expect(emulator.call("POST", "account/relations", ["visibility": "private", "business": true]).status == 400)
        #expect(emulator.count("relations") == 0)
    }

    @Test func `an update needs visibility and business, keeps what is not sent and empties by null`() {
        var emulator = Harness()
        let id = emulator.relation("Jansen", ["city": "Enschede", "phone": "0612345678", "cf_a": "1"])
        emulator.wait(5)
        let refused = emulator.call("PUT", "account/relations/\(id)", ["city": "Almelo"])
        #expect(refused.errors.sorted() == ["business", "visibility"])
        let done = emulator.call(
            "PUT", "account/relations/\(id)", ["visibility": "private", "business": "0", "phone": .null])
        #expect(done.status == 200)
        #expect(done.id("relation_id") == id)
        let held = emulator.state()["relations"]?.array?.first ?? .null
        #expect(held["city"] == "Enschede")
        #expect(held["phone"] == JSONValue.null)
        #expect(held["cf_a"] == "1")
        #expect(held["updated_at"] == "2026-06-10 10:00:05")
        let emptied = emulator.call(
            "PUT", "account/relations/\(id)", ["visibility": "private", "business": "0", "lastname": ""])
        #expect(emptied.errors == ["lastname"])
        #expect(emulator.call("PUT", "account/relations/1", ["visibility": "private", "business": "0"]).status == 404)
    }

    @Test func `agents see only what they made`() {
        var emulator = Harness()
        let mine = emulator.relation("Mijn", token: "agent-token")
        _ = emulator.relation("Zijn", token: "other-token")
        _ = emulator.relation("Allen", ["visibility": "account"])
        emulator.wait(2)
        #expect(emulator.call("GET", "user/relations", token: "agent-token").ids() == [mine])
        #expect(emulator.call("GET", "account/relations").rows.count == 3)
        #expect(emulator.call("GET", "account/relations/\(mine)", token: "agent-token").status == 403)
    }

    @Test func `lists and searches lag behind a commit, single reads do not`() {
        var emulator = Harness()
        let id = emulator.relation("Jansen", ["email": "jip@voorbeeld.example"])
        #expect(emulator.call("GET", "account/relations/\(id)").status == 200)
        emulator.wait(1.9)
        #expect(emulator.call("GET", "account/relations?q=jip@voorbeeld.example").rows.isEmpty)
        #expect(emulator.call("GET", "account/relations?period=today").rows.isEmpty)
        emulator.wait(0.1)
        #expect(emulator.call("GET", "account/relations?q=JIP@voorbeeld.example").ids() == [id])
        emulator.call(
            "PUT", "account/relations/\(id)",
            ["visibility": "private", "business": "0", "email": "new@voorbeeld.example"])
        #expect(emulator.call("GET", "account/relations?q=jip@voorbeeld.example").ids() == [id])
        emulator.wait(2)
        #expect(emulator.call("GET", "account/relations?q=jip@voorbeeld.example").rows.isEmpty)
        #expect(emulator.call("GET", "account/relations?q=new@").ids() == [id])
    }

    @Test func `an edit does not keep a new record out of the lists`() {
        var emulator = Harness()
        let id = emulator.relation("Jansen")
        emulator.wait(1)
        emulator.call("PUT", "account/relations/\(id)", ["visibility": "private", "business": "0", "city": "Utrecht"])
        #expect(emulator.call("GET", "account/relations").ids().isEmpty)
        emulator.wait(1)
        #expect(emulator.call("GET", "account/relations").ids() == [id])
    }

    @Test(arguments: ["jip jansen", "jansen", "7511", "7511 pg", "zon", "@ZON"])
    func `q finds name, company, email and postcode`(query: String) {
        var emulator = Harness()
        let id = emulator.relation(
            "Jansen", ["postcode": "7511 pg", "company_name": "De Zon", "email": "info@zon.example", "city": "Nergens"])
        _ = emulator.relation("Pietersen")
        emulator.wait(2)
        let encoded = query.split(separator: " ").joined(separator: "%20")
        #expect(emulator.call("GET", "account/relations?q=\(encoded)").ids() == [id])
        #expect(emulator.call("GET", "account/relations?q=nergens").rows.isEmpty)
    }

    @Test func `pages hold twenty, newest first, and shift while records are made`() {
        var emulator = Harness()
        let ids = (0..<45).map { emulator.relation("Nummer\($0)") }
        #expect(ids == ids.sorted())
        #expect(zip(ids, ids.dropFirst()).contains { $1 - $0 > 1 })
        emulator.wait(2)
        let first = emulator.call("GET", "account/relations")
        #expect(first.ids() == Array(ids.reversed().prefix(20)))
        #expect(first.data["per_page"] == 20)
        #expect(first.data["total"] == 45)
        #expect(first.data["last_page"] == 3)
        #expect(first.data["from"] == 1)
        #expect(first.data["to"] == 20)
        #expect(first.data["next_page_url"] == "http://127.0.0.1:8080/api/demo/v1/account/relations?page=2")
        let newest = emulator.relation("Nieuw")
        emulator.wait(2)
        let second = emulator.call("GET", "account/relations?page=2")
        #expect(second.ids().first == first.ids().last)
        #expect(emulator.call("GET", "account/relations").ids().first == newest)
        let beyond = emulator.call("GET", "account/relations?page=9")
        #expect(beyond.rows.isEmpty)
        #expect(beyond.data["from"] == JSONValue.null)
    }

    @Test func `periods are whole days of local time`() {
        var emulator = Harness()
        emulator.now = Harness.start + 13.5 * 3600
        let evening = emulator.relation("Avond")
        emulator.wait(3600)
        let night = emulator.relation("Nacht")
        emulator.wait(10)
        func created(_ start: String, _ end: String) -> [Int] {
            emulator.call(
                "GET",
                "account/relations?period_filter_on=created_date&period=custom&period_start=\(start)&period_end=\(end)"
            ).ids()
        }
        #expect(created("2026-06-10", "2026-06-10") == [evening])
        #expect(created("2026-06-11%2023:59:59", "2026-06-11") == [night])
        #expect(created("2026-06-09", "2026-06-11") == [night, evening])
        #expect(emulator.call("GET", "account/relations?period=today").ids() == [night])
        #expect(emulator.call("GET", "account/relations?period=yesterday").ids() == [evening])
        #expect(emulator.call("GET", "account/relations?period=last_month").ids().isEmpty)
        #expect(
            emulator.call("GET", "account/relations?period=this_week&period_filter_on=updated_date").rows.count == 2)
    }

    @Test func `winter and summer time are both local`() {
        var emulator = Harness()
        emulator.now = 1_774_744_200
        let before = emulator.relation("Voor")
        emulator.wait(5400)
        _ = emulator.relation("Na")
        emulator.wait(2)
        let rows = emulator.call("GET", "account/relations").rows
        #expect(rows[1]["id"]?.int == before)
        #expect(rows[1]["created_at"] == "2026-03-29 01:30:00")
        #expect(rows[0]["created_at"] == "2026-03-29 04:00:00")
    }

    @Test func `a body that is no JSON object is refused`() {
        var emulator = Harness()
        #expect(emulator.call("POST", "account/relations", ["a"]).status == 400)
    }
}
