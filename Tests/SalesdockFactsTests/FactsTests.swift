import SalesdockFacts
import Testing

private let tables: [ResourceFacts] =
    Resource.allCases.map(ResourceFacts.of) + FlowType.all.map(\.facts) + [.offers(flowType: "something-else")]

private func names(in condition: Condition) -> [String] {
    switch condition {
    case .field(let name, _), .filled(let name): [name]
    case .all(let conditions), .any(let conditions): conditions.flatMap(names)
    }
}

@Suite struct FactsTests {
    @Test func `field names are unique in their table`() {
        for table in tables {
            #expect(Set(table.fields.map(\.name)).count == table.fields.count, "\(table.resource)")
        }
    }

    @Test func `conditions, rules and read paths name fields of their table`() {
        for table in tables {
            let known = Set(table.fields.map(\.name))
            for field in table.fields {
                guard case .mandatoryIf(let condition) = field.presence else { continue }
                #expect(known.isSuperset(of: names(in: condition)), "\(table.resource): \(field.name)")
            }
            #expect(known.isSuperset(of: table.mandatoryOnUpdate))
            #expect(known.isSuperset(of: table.fixedAfterCreate))
            #expect(known.isSuperset(of: table.openObjects))
        }
    }

    @Test func `the parent of a nested field is an object or a list of the table`() {
        for table in tables {
            for field in table.fields {
                guard let dot = field.name.lastIndex(of: ".") else { continue }
                var parent = String(field.name[..<dot])
                let isItem = parent.hasSuffix("[]")
                if isItem { parent.removeLast(2) }
                #expect(table.field(parent)?.kind == (isItem ? .list : .object), "\(field.name)")
            }
        }
    }

    @Test func `every flow type can say offer or order, link a customer and avoid the e-mail`() {
        for flow in FlowType.all {
            #expect(flow.facts.field("transaction_type")?.values == SaleSideEffects.emailingTransactionTypes)
            #expect(flow.facts.field(SaleSideEffects.emailsUnlessFilled)?.kind == .date(.dayMonthYear))
            #expect(flow.facts.field(SaleSideEffects.createsCustomerUnlessFilled)?.presence == .optional)
            #expect(
                flow.facts.field("contract_pdf")?.presence == .mandatoryIf(.filled(SaleSideEffects.emailsUnlessFilled)))
        }
    }

    @Test func `an unknown flow type has the shared fields and accepts others`() {
        let table = ResourceFacts.offers(flowType: "something-else")
        #expect(table.fields == FlowType.default.facts.fields)
        #expect(table.extraFieldPrefix == "")
        #expect(ResourceFacts.offers(flowType: "telecom").extraFieldPrefix == nil)
    }

    @Test func `flow identifiers are unique`() {
        #expect(Set(FlowType.all.map(\.identifier)).count == FlowType.all.count)
    }

    @Test func `read paths of list and single read differ for customers`() {
        #expect(ResourceFacts.customers.listPath("company_coc") == "coc")
        #expect(ResourceFacts.customers.singleReadPath("company_coc") == "customer.coc")
        #expect(ResourceFacts.customers.singleReadPath("visibility") == "shared_with")
        #expect(ResourceFacts.customers.singleReadPath("city") == "customer.address.city")
        #expect(ResourceFacts.products.singleReadPath("name") == "name")
    }

    @Test func `paths of offer updates name fields of both bodies`() {
        for flow in FlowType.all {
            for (name, path) in OfferUpdateFacts.paths(flowType: flow.identifier) {
                if flow.facts.field(name) == nil { #expect(name.hasPrefix("co"), "\(flow.identifier): \(name)") }
                let isKnown = OfferUpdateFacts.fields.contains { path == $0.name }
                #expect(isKnown || OfferUpdateFacts.openObjects.contains { path.hasPrefix($0 + ".") }, "\(path)")
            }
        }
    }
}

@Suite struct CallTests {
    @Test func `names and routes are unique`() {
        #expect(Set(Call.all.map(\.name)).count == Call.all.count)
        #expect(Set(Call.all.map { $0.method.rawValue + " " + $0.path }).count == Call.all.count)
    }

    @Test func `what creates or adds is repeated only after a look-up`() {
        for call in Call.all {
            #expect(call.repeatability == (call.method == .post ? .afterRead : .always), "\(call.name)")
        }
        #expect(Call.productUpdate(addsAttachments: true).repeatability == .afterRead)
        #expect(Call.proposalUpdate(changesProducts: true).repeatability == .afterRead)
        #expect(Call.finalizedSaleUpdate(changesProducts: true).repeatability == .afterRead)
    }

    @Test func `calls on the account scope alone are for admins`() {
        for call in Call.all {
            #expect(call.adminOnly == call.path.hasPrefix("account/"), "\(call.name)")
        }
    }

    @Test func `every call is documented`() throws {
        func shape(_ path: String) -> [String] {
            path.split(separator: "/").map { $0.hasPrefix("{") && $0 != "{scope}" ? "{}" : String($0) }
        }
        let documented = Set(try DocumentedCall.load().map { [$0.method] + shape($0.path).dropFirst(3) })
        for call in Call.all {
            #expect(documented.contains([call.method.rawValue] + shape(call.path)), "\(call.name)")
        }
    }
}

@Suite struct LimitTests {
    @Test func `the settle time is twice the timeout and at least two minutes`() {
        #expect(Assumptions.settleSeconds(timeoutSeconds: 1) == 120)
        #expect(Assumptions.settleSeconds(timeoutSeconds: 60) == 120)
        #expect(Assumptions.settleSeconds(timeoutSeconds: 61) == 122)
    }

    @Test func `a 403 tells its cause whatever the case`() {
        #expect(
            Forbidden.of(message: "API token is only available for Salesdock internal integration") == .internalToken)
        #expect(Forbidden.of(message: "NOT AUTHORISED ACTION.") == .permission)
        #expect(Forbidden.of(message: "IP restriction") == .tokenAddress)
        #expect(Forbidden.of(message: "Your IP is not on the whitelist") == .accountAddress)
        #expect(Forbidden.of(message: "") == .permission)
        #expect(Set(Forbidden.allCases.map(\.remedy)).count == 4)
        #expect(Forbidden.allCases.filter { !$0.stopsTheRun } == [.permission])
    }

    @Test func `recorded limits include the default`() {
        #expect(RateLimitFacts.observedLimits.contains(RateLimitFacts.defaultLimit))
    }
}
