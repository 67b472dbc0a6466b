public import ExactJSON
import Pipelines
import Testing

@testable import Runs

@Suite struct LookUpDecisionTests {
    private let payload: JSONObject = [
        "lastname": "Jansen", "email": "a@mail.example", "phone": "0612345678", "postcode": "1234AB",
    ]

    private func decide(
        _ candidates: [Candidate], others: [JSONObject] = [], claimed: Set<Int> = [], of own: JSONObject? = nil
    ) -> LookUp {
        LookUpDecision(
            kind: .customers, payload: own ?? payload, highestIDSeen: 100,
            days: LookUpDays(sentUnixSeconds: 1_790_000_000, payload: .null), others: others
        ).decide(candidates) { claimed.contains($0) }
    }

    private func candidate(_ id: Int, _ fields: [String: String?] = [:], on day: String? = "2026-09-21") -> Candidate {
        let own: [String: String?] = [
            "lastname": "JANSEN", "email": "A@mail.example", "phone": "+31612345678", "postcode": "1234 ab",
        ]
        return Candidate(id: id, fields: own.merging(fields) { $1 }, createdOn: day)
    }

    @Test func `one that agrees after normalisation is adopted`() { #expect(decide([candidate(101)]) == .one(id: 101)) }

    @Test func `the same record found twice is one record`() {
        #expect(decide([candidate(101), candidate(101)]) == .one(id: 101))
    }

    @Test func `an older record is another record`() { #expect(decide([candidate(100, on: "2020-01-01")]) == .none) }

    @Test func `a claimed record is another record`() { #expect(decide([candidate(101)], claimed: [101]) == .none) }

    @Test func `a stranger is no candidate`() {
        let stranger = candidate(101, ["email": "b@mail.example", "phone": "0699999999", "lastname": "Bos"])
        #expect(decide([stranger]) == .none)
    }

    @Test func `two that agree are left to a person`() {
        #expect(decide([candidate(101), candidate(102)]).isUndecided)
    }

    @Test func `one that shares the e-mail and differs elsewhere is left to a person`() {
        #expect(decide([candidate(101, ["lastname": "Bos"])]).isUndecided)
    }

    @Test func `an id and a date that disagree are left to a person`() {
        #expect(decide([candidate(101, on: "2020-01-01")]).isUndecided)
        #expect(decide([candidate(99)]).isUndecided)
    }

    @Test func `one that another open attempt explains is not ours`() {
        let other: JSONObject = ["lastname": "Bos", "email": "b@mail.example", "phone": "0612345678"]
        let theirs = candidate(101, ["lastname": "Bos", "email": "b@mail.example"])
        #expect(decide([theirs]).isUndecided)
        #expect(decide([theirs], others: [other]) == .none)
        #expect(decide([theirs, candidate(102)], others: [other]) == .one(id: 102))
    }

    @Test func `one that carries what only another open create said is that one's`() {
        let bare: JSONObject = ["lastname": "Jansen", "phone": "0612345678", "postcode": "1234AB"]
        let plain = candidate(102, ["email": nil])
        #expect(decide([candidate(101)], others: [bare]) == .one(id: 101))
        #expect(decide([candidate(101)], others: [payload], of: bare) == .none)
        #expect(decide([candidate(101), plain], others: [payload], of: bare) == .one(id: 102))
        #expect(decide([candidate(101), plain], others: [bare]) == .one(id: 101))
        #expect(decide([candidate(101), candidate(102)], others: [bare]).isUndecided)
        #expect(decide([plain], others: [bare]).isUndecided)
    }

    @Test func `one that two open creates explain equally well is left to a person`() {
        #expect(decide([candidate(101)], others: [payload]).isUndecided)
        let (byPhone, byMail): (JSONObject, JSONObject) = (
            ["lastname": "Jansen", "phone": "0612345678"], ["lastname": "Jansen", "email": "a@mail.example"]
        )
        #expect(decide([candidate(101)], others: [byMail], of: byPhone).isUndecided)
    }

}

extension LookUp {
    fileprivate var isUndecided: Bool { if case .undecided = self { true } else { false } }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
