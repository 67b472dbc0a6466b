import Formats

extension Property {
    /// Bytes that claim to be gzip give the same content and the same failure for any cutting; and what was compressed,
    /// in any number of members, comes back.
    static let gzip = Property("gzip") { input in
        let cutting = Cutting(&input)
        let members = 1 + input.choice(4)
        let content = input.rest
        let damaged = [0x1F, 0x8B] + content
        let whole = drain(damaged, Cutting())
        let cut = drain(damaged, cutting)
        try require(whole.bytes == cut.bytes, "\(cutting): \(cut.bytes.count) bytes, not \(whole.bytes.count)")
        try require(whole.failure == cut.failure, "\(cutting): \(cut.failure as Any) is not \(whole.failure as Any)")
        var packed: [UInt8] = []
        for member in 0..<members {
            let part = content.count * member / members..<content.count * (member + 1) / members
            packed += try gzipped(Array(content[part]))
        }
        let unpacked = drain(packed, cutting)
        try require(unpacked.failure == nil && unpacked.bytes == content, "\(unpacked.failure as Any), \(members)")
    }
}

private func drain(_ bytes: [UInt8], _ cutting: Cutting) -> (bytes: [UInt8], failure: FormatError?) {
    var stream = ByteStream(
        MemoryBytes(bytes, pieceBytesMax: cutting.pieceBytes), file: "in.gz", encoding: nil)
    var content: [UInt8] = []
    do throws(FormatError) {
        while try stream.read(into: &content, max: cutting.blockBytes) > 0 {}
        return (content, nil)
    } catch {
        return (content, error)
    }
}
