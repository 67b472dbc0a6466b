import SalesdockFacts
import Testing

/// Facts by the title of the documented call that they describe, and whether that call is an update.
private let described: [(title: String, facts: ResourceFacts, isUpdate: Bool)] = [
    ("Relations API: Create relation", .customers, false),
    ("Relations API: Update relation", .customers, true),
    ("Suppliers: Create supplier", .suppliers, false),
    ("Suppliers: Update supplier", .suppliers, true),
    ("Products API: Create product", .products, false),
    ("Products API: Update product", .products, true),
    ("NL: Update energy product", .energyTariffs, false),
    ("NL: Create energy offer (small-business)", FlowType.energySmallBusiness.facts, false),
    ("NL: Create energy order (small-business)", FlowType.energySmallBusiness.facts, false),
    ("NL: Create energy offer (consumer)", FlowType.energyConsumer.facts, false),
    ("NL: Create energy order (consumer)", FlowType.energyConsumer.facts, false),
    ("Telecom: Create telecom offer", FlowType.telecom.facts, false),
    ("Telecom: Create telecom order", FlowType.telecom.facts, false),
    ("Hosted Voice: Create hosted voice sale", FlowType.hostedVoice.facts, false),
    ("Solar Panels: Create sale", FlowType.solarPanels.facts, false),
    ("Heat pumps: Create sale", FlowType.heatPump.facts, false),
    ("Sales API: Create default sale", FlowType.default.facts, false),
    ("Sales API: Create default sale (multiple products)", FlowType.default.facts, false),
]

private func forEachDescribed(_ check: (DocumentedCall, ResourceFacts, Bool) throws -> Void) throws {
    let calls = try DocumentedCall.load()
    for item in described {
        let call = try #require(calls.first { $0.title == item.title }, "\(item.title) is not in the fixture")
        try check(call, item.facts, item.isUpdate)
    }
}

private func listed(_ call: DocumentedCall, _ example: String, _ problem: FieldCheck.Problem) -> Bool {
    DocumentationContradiction.all.contains {
        $0.call == call.title && $0.example == example && $0.ruling == .table
            && .leftOut($0.field) == problem
    }
}

/// Whether a contradiction of that call, or of one with the same facts, frees the field of its table's rule.
private func isFreed(_ field: String, of facts: ResourceFacts) -> Bool {
    let titles = described.filter { $0.facts.fields == facts.fields }.map(\.title)
    return DocumentationContradiction.all.contains {
        titles.contains($0.call) && $0.field == field && $0.ruling == .example
    }
}

@Suite struct DocumentedExamplesTests {
    @Test func `every field of every example request is known`() throws {
        try forEachDescribed { call, facts, isUpdate in
            let check = FieldCheck(facts: facts, isUpdate: isUpdate)
            let requests = [call.body?.parsed ?? call.body?.json] + call.responses.map { $0.parsed ?? $0.request }
            for request in requests {
                guard let request else { continue }
                #expect(check.unknown(request, at: "") == [], "\(call.title)")
            }
        }
    }

    @Test func `every accepted example request satisfies the tables`() throws {
        var accepted = 0
        try forEachDescribed { call, facts, isUpdate in
            let check = FieldCheck(facts: facts, isUpdate: isUpdate)
            for example in call.responses where example.isAccepted {
                guard let request = example.parsed ?? example.request else { continue }
                accepted += 1
                let problems = check.problems(request).filter { !listed(call, example.name, $0) }
                #expect(problems == [], "\(call.title), \(example.name)")
            }
        }
        #expect(accepted == 15)
    }

    @Test func `every documented field is in the table`() throws {
        try forEachDescribed { call, facts, _ in
            #expect(!call.fields.isEmpty)
            for field in call.fields {
                #expect(facts.field(field.name) != nil, "\(call.title): \(field.name)")
            }
        }
    }

    @Test func `a field that the documentation calls mandatory is mandatory, or a contradiction frees it`() throws {
        try forEachDescribed { call, facts, isUpdate in
            for documented in call.fields where documented.mandatory == "Y" {
                guard let field = facts.field(documented.name), !isFreed(field.name, of: facts) else { continue }
                #expect(field.presence == .mandatory, "\(call.title): \(field.name)")
                if isUpdate { #expect(facts.mandatoryOnUpdate.contains(field.name), "\(call.title): \(field.name)") }
            }
        }
    }

    @Test func `a field that the documentation calls mandatory on a condition has a condition`() throws {
        try forEachDescribed { call, facts, _ in
            for documented in call.fields {
                let isConditional =
                    documented.mandatory.hasPrefix("Y, if")
                    || documented.note.lowercased().contains("required if") && !documented.note.contains("If empty")
                guard isConditional, let field = facts.field(documented.name) else { continue }
                if facts.resource == .customers, field.name == "firstname" {
                    #expect(Assumptions.firstnameIsOptional && field.presence == .optional)
                } else if case .optional = field.presence {
                    Issue.record("\(call.title): \(field.name) has no condition: \(documented.note)")
                }
            }
        }
    }

    @Test func `accepted values are those of the documentation`() throws {
        try forEachDescribed { call, facts, _ in
            for documented in call.fields {
                let values = listedValues(documented.values)
                guard let field = facts.field(documented.name), values.count > 1, !field.values.isEmpty else {
                    continue
                }
                if documented.name == "g_region" { continue }
                #expect(Set(field.values) == values, "\(call.title): \(field.name)")
            }
        }
    }

    @Test func `every field of every documented offer update is known`() throws {
        let body = ResourceFacts(
            resource: .offers, fields: OfferUpdateFacts.fields, openObjects: OfferUpdateFacts.openObjects,
            idName: "sale_id")
        let calls = try DocumentedCall.load().filter { $0.method == "PATCH" }
        #expect(calls.count == 6)
        for call in calls {
            for example in call.responses {
                let request = try #require(example.parsed ?? example.request)
                #expect(FieldCheck(facts: body, isUpdate: true).problems(request) == [], "\(call.title)")
                let isNamed = OfferUpdateFacts.productMembers.contains { request.at($0) != nil }
                #expect(isNamed, "\(call.title)")
            }
        }
    }

    @Test func `the check refuses what the tables forbid`() {
        let check = FieldCheck(facts: .customers, isUpdate: false)
        let body = JSON.object([
            "visibility": .text("public"), "business": .text("0"), "birthdate": .text("1990-01-01"),
            "cf_source": .text("web"), "e-mail": .text("a@shop.example"),
        ])
        #expect(
            check.problems(body) == [
                .value("visibility"), .leftOut("lastname"), .form("birthdate"), .unknown("e-mail"),
            ])
    }

    @Test func `every contradiction is shown by its example`() throws {
        let calls = try DocumentedCall.load()
        for item in DocumentationContradiction.all {
            let call = try #require(calls.first { $0.title == item.call }, "\(item.call)")
            let example = try #require(call.responses.first { $0.name == item.example }, "\(item.example)")
            let request = try #require(example.parsed ?? example.request)
            #expect(example.isAccepted, "\(item.call), \(item.example)")
            let documented = try #require(call.fields.first { $0.name == item.field }, "\(item.call): \(item.field)")
            #expect(documented.mandatory == "Y", "\(item.call): \(item.field)")
            #expect(!(request.at(item.field)?.isFilled ?? false), "\(item.call): \(item.field)")
        }
    }
}

/// The values of a table's cell, of which some are badly quoted.
private func listedValues(_ cell: String) -> Set<String> {
    let plain = cell.replacing("<br>", with: "").replacing(" / ", with: ",")
    return Set(
        plain.split(separator: ",").map { part in
            String(part.drop(while: isQuote).reversed().drop(while: isQuote).reversed())
        }.filter { !$0.isEmpty })
}

private func isQuote(_ character: Character) -> Bool { " '\"‘’".contains(character) }
