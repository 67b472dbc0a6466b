import Crypto
import ExactJSON

/// SHA-256 as 64 hexadecimal digits.
enum Fingerprint {
    /// Of a canonical payload.
    static func of(_ payload: JSONValue) -> String { of(bytes: payload.bytes) }

    static func of(bytes: [UInt8]) -> String { hex(SHA256.hash(data: bytes)) }

    static func hex(_ digest: some Sequence<UInt8>) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
