internal import Crypto

/// Names one budget without telling the token: a hash of host, account and token.
public struct BudgetKey: Sendable, Hashable {
    /// 16 hexadecimal digits of host and account: what all its tokens have in common.
    public let account: String
    /// 64 hexadecimal digits.
    public let hex: String

    /// - Parameter host: as `Connection.host` has it, in lower case and with a port where one is named.
    public init(host: String, domain: String, token: Token) {
        account = String(Self.hash([host, domain]).prefix(16))
        hex = Self.hash([host, domain, token.secret])
    }

    private static func hash(_ parts: [String]) -> String {
        var hash = SHA256()
        for part in parts {
            // Lengths keep ("a", "bc") apart from ("ab", "c").
            hash.update(data: Array("\(part.utf8.count):\(part),".utf8))
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
