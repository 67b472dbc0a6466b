/// A fast seeded hash of a value, for counting; not for deciding whether two values are the same.
enum ByteHash {
    /// The hash, and how many Unicode scalars the UTF-8 bytes have.
    static func hash(_ bytes: Span<UInt8>, seed: UInt64) -> (hash: UInt64, scalars: Int) {
        var hash = seed ^ UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var continuations = 0
        var index = 0
        while index &+ 8 <= bytes.count {
            var word: UInt64 = 0
            for place in 0..<8 { word |= UInt64(bytes[index &+ place]) << UInt64(8 &* place) }
            if word & 0x8080_8080_8080_8080 != 0 {
                // A continuation byte has its highest bit set and the next one not.
                continuations &+= (word & ~(word << 1) & 0x8080_8080_8080_8080).nonzeroBitCount
            }
            hash = mixed(hash ^ word)
            index &+= 8
        }
        var word: UInt64 = 0
        var place: UInt64 = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte & 0xC0 == 0x80 { continuations &+= 1 }
            word |= UInt64(byte) << place
            place &+= 8
            index &+= 1
        }
        hash = mixed(hash ^ word)
        hash = mixed(hash ^ hash >> 29)
        return (hash ^ hash >> 32, bytes.count &- continuations)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }
}
