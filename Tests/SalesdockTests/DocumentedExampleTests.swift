import ExactJSON
import Foundation
import Salesdock
import SalesdockFacts
import Testing

/// The recorded answers of the documentation, judged as the calls that they belong to.
struct DocumentedExampleTests {
    struct Example {
        let name: String
        let call: Call
        let status: Int?
        let body: JSONValue

        var verdict: Verdict {
            AnswerClassifier.judge(
                call, HTTPAnswer(status: status ?? 201, body: body.bytes), wallClock: WallTime(unixSeconds: 0))
        }
    }

    static let examples: [Example] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/documented-examples.json")
        guard let bytes = try? Data(contentsOf: file), let json = try? JSONParser.parse(Array(bytes)) else { return [] }
        return (json["examples"]?.array ?? []).flatMap { item -> [Example] in
            guard let method = item["method"]?.string, let path = item["path"]?.string else { return [] }
            return (item["responses"]?.array ?? []).map { response in
                Example(
                    name: response["name"]?.string ?? path, call: call(method, path), status: response["status"]?.int,
                    body: response["body"] ?? .null)
            }
        }
    }()

    /// The documented call; a call of its own for the paths that only show errors.
    private static func call(_ method: String, _ path: String) -> Call {
        let steps = path.split(separator: "/").dropFirst(3)
        let found = Call.all.first { call in
            let known = call.path.split(separator: "/")
            return call.method.rawValue == method && known.count == steps.count
                && zip(known, steps).allSatisfy { $0 == $1 || $0.hasPrefix("{") && ($1.hasPrefix("{") || $0 != "{id}") }
        }
        let end = steps.joined(separator: "/")
        return found ?? Call("undocumented", Method(rawValue: method) ?? .get, end, .always)
    }

    private func example(_ name: String) throws -> Example {
        try #require(Self.examples.first { $0.name == name })
    }

    @Test func `every example that reports success is applied, or unknown where its status contradicts it`() {
        #expect(Self.examples.count > 50)
        for example in Self.examples where example.body["success"] == true {
            switch example.verdict {
            case .applied(_, let id):
                #expect((200..<300).contains(example.status ?? 201), "\(example.name)")
                if example.call.name.hasSuffix(".create") { #expect(id != nil, "\(example.name)") }
            case .unknown: #expect((400..<500).contains(example.status ?? 0), "\(example.name)")
            default: Issue.record("\(example.name): \(example.verdict)")
            }
        }
    }

    @Test func `every example that reports a failure is known not to be applied`() {
        let failures = Self.examples.filter { $0.body["success"] != true }
        #expect(failures.count >= 8)
        for example in failures {
            switch example.verdict {
            case .rejected(let problem): #expect([400, 422].contains(problem.status), "\(example.name)")
            case .stop(.unauthenticated): #expect(example.status == 401)
            case .forbidden(let cause, _): #expect(example.status == 403 && cause == .permission)
            case .stop(.notFound): #expect(example.status == 404)
            case .stop(.methodNotAllowed): #expect(example.status == 405)
            case .throttled: #expect(example.status == 429)
            default: Issue.record("\(example.name): \(example.verdict)")
            }
        }
    }

    @Test func `a validation error names its field and quotes Salesdock`() throws {
        let example = try example("Create energy order (small-business) - Validation error")
        guard case .rejected(let problem) = example.verdict else {
            Issue.record("not rejected")
            return
        }
        #expect(problem.errors == [.init(field: "iban", messages: ["IBAN rekeningnummer is ongeldig."])])
        #expect(problem.code == "400")
    }

    private func data(_ name: String) throws -> JSONValue {
        guard case .applied(let data, _) = try example(name).verdict else {
            Issue.record("\(name) is not applied")
            return .null
        }
        return data
    }

    @Test func `the list and the single read of a relation give the same names`() throws {
        let rows = try #require(try data("Get relations")["data"]?.array)
        let listed = try #require(RemoteRecords.relation(rows[0]))
        #expect(listed.id == 116488)
        #expect(listed.fields["company_coc"] == "12345678")
        #expect(listed.fields["visibility"] == "private")
        #expect(listed.fields["business"] == "1")
        #expect(listed.createdAt == "2019-10-10 07:31:24")
        let birthdate = try #require(listed.fields["birthdate"])
        #expect(birthdate == nil)
        #expect(listed.fields.keys.contains("cf_source") == false)
        let single = try #require(RemoteRecords.relation(try data("Get relation")))
        #expect(single.id == 1_960_327)
        #expect(single.fields["company_coc"] == "01234567")
        #expect(single.fields["company_vat"] == "NL123456789BXX")
        #expect(single.fields["city"] == "Enschede")
        #expect(single.fields["email"] == "testing@salesdock.nl")
        #expect(single.fields["cf_source"] == "Email marketing")
        #expect(single.fields["visibility"] == "private")
    }

    @Test func `products, suppliers, sales and flows decode`() throws {
        let products = try #require(try data("Get products").array)
        let product = try #require(RemoteRecords.product(products[0]))
        #expect(product.id == 424 && product.identifier == "test-product-3-jaar-1-1-1-1")
        #expect(product.isActive == true && product.supplierID == 38)
        let tariffs = try #require(RemoteRecords.product(try data("Get product")))
        #expect(tariffs.fields["tariff_single"] == "0.03829")
        #expect(tariffs.fields["retention"] == "0")
        let suppliers = try #require(try data("Get suppliers").array)
        #expect(RemoteRecords.supplier(suppliers[1])?.identifier == "engie")
        let flows = try #require(try data("Get flows").array)
        let flow = try #require(RemoteRecords.flow(flows[0]))
        #expect(flow.type == "energie-small-business" && flow.identifier == "energie" && flow.id == 4)
    }

    @Test func `a sale's relation, product and flow are found in the flat and the nested form`() throws {
        let sales = Self.examples.filter { $0.call == .salesList }.compactMap { example -> RemoteSale? in
            guard case .applied(let data, _) = example.verdict else { return nil }
            return data["data"]?.array?.first.flatMap(RemoteRecords.sale)
        }
        #expect(sales.map(\.id) == [7_708_151, 5_069_098])
        #expect(sales.map(\.relationID) == [6_998_645, 4_569_633])
        #expect(sales.map(\.productID) == [90751, 94425])
        #expect(sales.map(\.kind) == ["offer", "order"])
        #expect(sales.first?.flowID == 4)
    }
}
