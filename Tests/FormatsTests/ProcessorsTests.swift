import Testing

@testable import Formats

@Suite struct ProcessorsTests {
    @Test(
        arguments: [
            ("200000 100000\n", 2), ("150000 100000", 2), ("50000 100000\n", 1), ("max 100000\n", nil),
            ("-1 100000", nil),
            ("", nil), ("100000", nil), ("1 0", nil),
        ] as [(String, Int?)])
    func `a share of processor time is rounded up to whole processors`(text: String, expected: Int?) {
        #expect(Processors.share(of: text) == expected)
    }

    @Test func `there is at least one processor`() { #expect(Processors.count >= 1) }
}
