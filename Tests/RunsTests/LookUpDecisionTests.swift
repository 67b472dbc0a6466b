public import ExactJSON
import Pipelines
import Testing

@testable import Runs

@Suite struct LookUpDecisionTests {
    private let payload: JSONObject = [
        "lastname": "Jansen", "email": "a@mail.example", "phone": "0612345678", "postcode": "1234AB",
    ]

    private func decide(_ candidates: [Candidate], others: [JSONObject] = [], claimed: Set<Int> = []) -> LookUp {
        LookUpDecision(
            kind: .customers, payload: payload, highestIDSeen: 100,
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
        #expect(isUndecided(decide([candidate(101), candidate(102)])))
    }

    @Test func `one that shares the e-mail and differs elsewhere is left to a person`() {
        #expect(isUndecided(decide([candidate(101, ["lastname": "Bos"])])))
    }

    @Test func `an id and a date that disagree are left to a person`() {
        #expect(isUndecided(decide([candidate(101, on: "2020-01-01")])))
        #expect(isUndecided(decide([candidate(99)])))
    }

    @Test func `one that another open attempt explains is not ours`() {
        let other: JSONObject = ["lastname": "Bos", "email": "b@mail.example", "phone": "0612345678"]
        let theirs = candidate(101, ["lastname": "Bos", "email": "b@mail.example"])
        #expect(isUndecided(decide([theirs])))
        #expect(decide([theirs], others: [other]) == .none)
        #expect(decide([theirs, candidate(102)], others: [other]) == .one(id: 102))
    }

    private func isUndecided(_ found: LookUp) -> Bool { if case .undecided = found { true } else { false } }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
