import ExactJSON
import Foundation
import SalesdockEmulator
import SalesdockFacts
import Testing

/// Every request that the documentation shows as accepted is accepted, and answers have the documented members.
struct DocumentedExampleTests {
    /// One documented request with the answer that is shown beside it.
    struct Example: Sendable, CustomTestStringConvertible {
        let call: String
        let name: String
        let method: String
        let path: String
        let request: JSONValue?
        let status: Int?
        let answer: JSONValue

        var testDescription: String { "\(call): \(name)" }
        var isAccepted: Bool { answer["success"] == true }
    }

    static let examples: [Example] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/documented-examples.json")
        guard let bytes = try? Data(contentsOf: file), let json = try? JSONParser.parse(Array(bytes)) else { return [] }
        return (json["examples"]?.array ?? []).flatMap(examples(of:))
    }()

    private static func examples(of call: JSONValue) -> [Example] {
        let folder = call["folder"]?.string?.split(separator: "/").last.map(String.init) ?? ""
        let title = "\(folder): \(call["name"]?.string ?? "")"
        let method = call["method"]?.string ?? ""
        let path = call["path"]?.string ?? ""
        let body = call["body"]?["parsed"] ?? call["body"]?["json"]
        var found: [Example] = []
        for response in call["responses"]?.array ?? [] {
            let shown: JSONValue? = response["request"]
            let request = shown?.isNull == false ? shown : body
            found.append(
                Example(
                    call: title, name: response["name"]?.string ?? "", method: method, path: path,
                    request: request.map(filled), status: response["status"]?.int, answer: response["body"] ?? .null))
        }
        return found
    }

    /// Files are cut in the fixture; any base64 stands for them.
    private static func filled(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text) where text.contains("BASE64_CUT") || text.hasSuffix("..."): "JVBERi0xLjQK"
        case .array(let items): .array(items.map(filled))
        case .object(let object): .object(JSONObject(object.members.map { ($0.name, filled($0.value)) }))
        default: value
        }
    }

    static let writes = examples.filter { $0.method != "GET" && $0.isAccepted }

    /// Examples that are templates with their values taken out, as the facts rule.
    private static func isTemplate(_ example: Example) -> Bool {
        DocumentationContradiction.all.contains {
            $0.call == example.call && $0.example == example.name && $0.ruling == .table
        }
    }

    @Test func `the fixture is there`() {
        #expect(Self.writes.count >= 20)
    }

    @Test(arguments: writes) func `an accepted example is accepted`(example: Example) {
        var emulator = Harness()
        let isFinalised = example.path.contains("account/sales/")
        Self.seed(&emulator, example, finalised: isFinalised)
        let answer = emulator.call(example.method, Self.path(example), example.request)
        guard !Self.isTemplate(example) else {
            #expect(answer.status == 400)
            return
        }
        #expect((200..<300).contains(answer.status), "\(String(decoding: answer.reply.body, as: UTF8.self))")
        #expect(answer.json["success"] == true)
        let shown = example.answer["data"]?.object?.members.map(\.name) ?? []
        #expect(Set(answer.data.object?.members.map(\.name) ?? []) == Set(shown))
        if let status = example.status, (200..<300).contains(status) { #expect(answer.status == status) }
    }

    @Test(arguments: examples.filter { $0.answer["message"] == "Invalid product" })
    func `a product that is not there is refused as documented`(example: Example) {
        var emulator = Harness()
        var request = example.request?.object ?? JSONObject()
        request["product_id"] = "1"
        request["business"] = request["business"] ?? "0"
        request["birthdate"] = request["birthdate"] ?? "01-01-1990"
        let answer = emulator.call(example.method, Self.path(example), .object(request))
        #expect(answer.status == 400)
        #expect(answer.json.canonical == example.answer.canonical)
    }

    /// Members that documented answers have and the emulator does not hold.
    private static let notShown: Set<String> = [
        "incoming_id", "initials", "infix", "coc_branch_number", "source", "source_id", "flow_data_energy",
        "flow_data_solar_panel", "flow_data_heat_pump", "sections", "customfields", "price_data", "package_data",
    ]

    @Test(arguments: [
        "Get relations", "Get relation", "Get suppliers", "Get supplier", "Get products", "Get product", "Get flows",
        "Get flow", "Get product questions", "Get agreements", "Get sales", "Get sale", "Get sale products",
        "Get sale documents", "Get sale history", "Get sale statuses list",
    ]) func `an answer has the documented members`(name: String) throws {
        let example = try #require(
            Self.examples.first { $0.call.hasSuffix(": " + name) && $0.method == "GET" && $0.isAccepted })
        var emulator = Harness()
        let supplier = emulator.call("POST", "account/suppliers", ["name": "Zon", "identifier": "zon"]).id(
            "supplier_id")
        let product = emulator.product("stroom", ["supplier_id": .init(integerLiteral: supplier)])
        let relation = emulator.relation("Jansen", ["cf_a": "1"])
        let sale = emulator.call(
            "POST", "sales/flow/default/default",
            emulator.offer(product: product, ["questionData": ["betaalwijze": "Factuur"]])
        ).id("sale_id")
        emulator.wait(5)
        let ids = [
            "relation_id": relation, "supplier_id": supplier, "product_id": product, "flow_id": 4, "sale_id": sale,
        ]
        var path = Self.withoutPrefix(example.path)
        for (id, value) in ids { path = path.replacing("{\(id)}", with: "\(value)") }
        let answer = emulator.call("GET", path)
        #expect(answer.status == 200)
        let missing = Self.missing(of: example.answer["data"] ?? .null, in: answer.data, path: "")
        #expect(missing.isEmpty, "\(missing)")
    }

    /// Dotted paths of the documented members that the answer lacks. Where the answer has null or an empty list, there
    /// is nothing to compare.
    private static func missing(of shown: JSONValue, in ours: JSONValue, path: String) -> [String] {
        switch (shown, ours) {
        case (.array(let first), .array(let second)):
            guard let one = first.first, let other = second.first else { return [] }
            return missing(of: one, in: other, path: path + "0.")
        case (.object(let first), .object(let second)):
            return first.members.filter { !notShown.contains($0.name) }.flatMap { member -> [String] in
                guard let held = second[member.name] else { return [path + member.name] }
                return missing(of: member.value, in: held, path: path + member.name + ".")
            }
        default: return []
        }
    }

    private static func withoutPrefix(_ path: String) -> String {
        path.replacing("/api/{domain}/{version}/", with: "").replacing("/api/{domain}/v1/", with: "")
            .replacing("{scope}", with: "account")
    }

    private static func path(_ example: Example) -> String {
        let energy = example.call.contains("consumer") ? "energie/consument" : "energie-small-business/energie"
        let flow =
            switch example.call.split(separator: ":").first ?? "" {
            case "NL": energy
            case "Telecom": "telecom/telecom"
            case "Hosted Voice": "hosted-voice/hosted-voice"
            default: "default/default"
            }
        return withoutPrefix(example.path)
            .replacing("{flow_type_identifier}/{flow_identifier}", with: flow)
            .replacing("solar-panels/{flow_identifier}", with: "solar-panels/zonnepanelen")
            .replacing("heat-pump/{flow_identifier}", with: "heat-pump/warmtepomp")
            .replacing("{organisation_id}", with: "1").replacing("{sale_id}", with: "390")
            .replacing("{product_id}", with: "38437").replacing("{relation_id}", with: "1960327")
            .replacing("{supplier_id}", with: "1741")
    }

    /// Puts in place what the request and the path name.
    private static func seed(_ emulator: inout Harness, _ example: Example, finalised: Bool) {
        var ids: [String: Set<Int>] = [
            "product_id": [38437], "relation_id": [1_960_327], "supplier_id": [1741],
        ]
        if example.method == "POST" { ids = [:] }
        if example.path.contains("connect-product") { ids["product_id"] = [38437] }
        collect(example.request ?? .null, into: &ids)
        let type: JSONValue = example.path.hasSuffix("/energy") ? "energy_e_g" : "telecom_3p"
        func record(_ id: Int, _ fields: JSONValue) -> JSONValue { merged(fields, ["id": .init(integerLiteral: id)]) }
        emulator.control(
            "POST", "seed",
            [
                "products": .array(
                    (ids["product_id"] ?? []).map {
                        record($0, ["name": "P", "identifier": .string("p\($0)"), "type": type, "active": "1"])
                    }),
                "relations": .array(
                    (ids["relation_id"] ?? []).map {
                        record($0, ["visibility": "account", "business": "1", "company_name": "Zon"])
                    }),
                "suppliers": .array(
                    (ids["supplier_id"] ?? []).map { record($0, ["name": "S", "identifier": .string("s\($0)")]) }),
                "sales": [
                    record(
                        390,
                        [
                            "transaction_type": "offer", "status": "new", "product_id": 1, "relation_id": 1,
                            "finalized_at": finalised ? "2026-01-01 00:00:00" : .null,
                        ])
                ],
            ])
    }

    private static func collect(_ value: JSONValue, into ids: inout [String: Set<Int>]) {
        for item in value.array ?? [] { collect(item, into: &ids) }
        for member in value.object?.members ?? [] {
            if ["product_id", "relation_id", "supplier_id"].contains(member.name),
                let id = member.value.scalarText.flatMap(Int.init)
            {
                ids[member.name, default: []].insert(id)
            }
            collect(member.value, into: &ids)
        }
    }
}
