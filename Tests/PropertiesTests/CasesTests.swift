import Properties
import Testing

@Suite struct CasesTests {
    @Test(arguments: Property.all.map(\.name))
    func `what fuzzing found stays mended`(name: String) throws {
        let property = try #require(Property.all.first { $0.name == name })
        for (file, bytes) in try CaseFolder(name).cases() {
            #expect(throws: Never.self, "\(name)/\(file)") { try property.check(bytes) }
        }
    }

    /// Readers, dialects, encodings, gzip and every way to cut the bytes, each met often, the same every time.
    @Test(arguments: Property.all.map(\.name), UInt64(1)...4)
    func `inputs made of the cases keep the properties`(name: String, seed: UInt64) throws {
        let property = try #require(Property.all.first { $0.name == name })
        var maker = try InputMaker(CaseFolder(name), seed: seed)
        for number in 0..<40 {
            let bytes = maker.next()
            #expect(throws: Never.self, "\(name), seed \(seed), input \(number): \(bytes)") {
                try property.check(bytes)
            }
        }
    }
}
