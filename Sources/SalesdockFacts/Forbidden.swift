/// Why Salesdock answers 403. Each cause has its own remedy, so a reader tells them apart by the message.
public enum Forbidden: String, Sendable, Hashable, CaseIterable {
    /// The token was made for Salesdock's own integrations.
    case internalToken = "internal_token"
    /// The caller's address is not on the token's list.
    case tokenAddress = "token_address"
    /// The caller's address is not on the account's whitelist.
    case accountAddress = "account_address"
    /// The token's role or the account's modules do not allow the call. Also the cause when no text fits.
    case permission

    /// Text of the message that shows this cause, in lower case; compare without regard to case. Those of the two
    /// address causes are assumed, the others are documented.
    public var fragment: String {
        switch self {
        case .internalToken: "only available for salesdock internal integration"
        case .tokenAddress: Assumptions.tokenAddressFragment
        case .accountAddress: Assumptions.accountAddressFragment
        case .permission: "not authorised action"
        }
    }

    /// What to click in Salesdock.
    public var remedy: String {
        switch self {
        case .internalToken:
            "Open the integration user in Salesdock, generate a new API token with the switch 'Salesdock internal "
                + "integration' off, press Save, and put the new token in place of the old one."
        case .tokenAddress:
            "Open the integration user in Salesdock, generate a new API token with this machine's public IP address in "
                + "its IP restriction (one address a line) or with the restriction empty, press Save, and put the new "
                + "token in place of the old one."
        case .accountAddress:
            "Open Account → Security in Salesdock and add this machine's public IP address to the IP whitelist."
        case .permission:
            "Use the token of an Admin for calls on the scope 'account' (an Agent's token has only the scope 'user'), "
                + "or open Manage permissions in Salesdock and switch the module on for the token's role."
        }
    }

    /// Whether every later call would fail in the same way.
    public var stopsTheRun: Bool { self != .permission }

    /// The cause that a 403's message shows.
    public static func of(message: String) -> Forbidden {
        let text = message.lowercased()
        return allCases.first { text.contains($0.fragment) } ?? .permission
    }
}
