/// What happened in a simulation, line by line; two runs of one seed must agree in every byte.
final class Trace {
    private(set) var lines: [String] = []
    /// Digest of all lines, kept even when the lines are not.
    private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    private let keepsLines: Bool

    init(keepsLines: Bool) { self.keepsLines = keepsLines }

    func note(_ time: Int64, _ text: @autoclosure () -> String) {
        let line = "\(time / 1_000_000) \(text())"
        for byte in line.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        if keepsLines { lines.append(line) }
    }

    /// FNV-1a, which a process does not seed.
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
