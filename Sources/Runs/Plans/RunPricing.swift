import Pipelines
import Salesdock
import SalesdockFacts

/// The requests that a run of a plan takes, by kind, in the order in which they first go. Pure.
struct RunPricing {
    let sink: SalesdockSink
    let scope: Salesdock.Scope
    let lookups: Set<LookupSpec>
    /// Customers in Salesdock; `nil` when nobody has counted them.
    let customers: Int?
    /// Whether each record is read right before its update.
    let rereads: Bool

    func calls(_ tally: PlanTally) -> [RequestCount] {
        var calls: [RequestCount] = []
        func add(_ call: Call, _ count: Int) {
            if count == 0 { return }
            if let index = calls.firstIndex(where: { $0.call == call.name }) {
                calls[index].count += count
            } else {
                calls.append(RequestCount(call.name, count))
            }
        }
        add(.flowsList, 1)
        for lookup in lookups { add(listCall(lookup.kind), listRequests(lookup.kind)) }
        let fresh = tally[.create] + (sink.matchesByID ? 0 : tally[.adopt])
        if fresh > 0 {
            if !sink.match.isEmpty, !sink.matchesByID { add(listCall(sink.kind), matching(fresh)) }
            // The highest id that is there before the first create.
            add(listCall(sink.kind), sink.kind == .offers || sink.kind == .customers ? 2 : listRequests(sink.kind))
        }
        if let read = readCall {
            if sink.existing == .update || sink.matchesByID { add(read, tally[.adopt]) }
            if rereads { add(read, tally[.update] + tally[.deactivate]) }
        }
        return calls + tally.writes
    }

    /// Pages of the list of customers.
    static func pages(_ customers: Int) -> Int {
        max(1, (customers + Assumptions.relationsPageSize - 1) / Assumptions.relationsPageSize)
    }

    private func matching(_ rows: Int) -> Int {
        guard sink.kind == .customers else { return listRequests(sink.kind) }
        let pages = Self.pages(customers ?? 0)
        return 1 + (pages < rows ? pages : rows)
    }

    private func listRequests(_ kind: SalesdockKind) -> Int {
        switch kind {
        case .suppliers: 1
        // Active and inactive products are lists of their own, of which an Agent sees one.
        case .products: scope == .account ? 2 : 1
        case .customers: Self.pages(customers ?? 0)
        case .offers: 0
        }
    }

    private func listCall(_ kind: SalesdockKind) -> Call {
        switch kind {
        case .customers: .relationsList
        case .suppliers: .suppliersList
        case .products: .productsList
        case .offers: .salesList
        }
    }

    /// The read of one record that tells how it is; offers are only read when they are taken over.
    var readCall: Call? {
        switch sink.kind {
        case .customers: scope == .account ? .relationGet : nil
        case .suppliers: .supplierGet
        case .products: .productGet
        case .offers: sink.matchesByID ? .saleGet : nil
        }
    }
}
