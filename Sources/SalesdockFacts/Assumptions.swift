/// Everything that is assumed about Salesdock and not documented. What has a value stands here and nowhere else, so that
/// a first run against the live service corrects it here. What gives code its shape has no value to correct:
///
/// - A later record of a resource has a greater id. A look-up passes over ids up to the highest that was seen before the
///   attempt (`LookUpDecision`).
/// - `period_start` and `period_end` name whole days, both included; the time in them, where they have one, is ignored.
///   A look-up by creation date narrows by days only (`LookUpDays`).
/// - A field that a PUT does not carry stays as it is. Updates send only what a pipeline maps (`Planner`).
/// - A 2xx with `"success": false` was not carried out (`AnswerClassifier`).
/// - A flag is written as `"1"` or `"0"`; the examples show numbers and JSON booleans as well (`FieldKind`).
/// - The window of the rate limit starts with its first request and has a fixed length. Only the emulator uses it
///   (`RateWindow`): the client keeps to the limit in every window.
public enum Assumptions {
    /// A request commits at the latest this many times its timeout after it was sent. With `settleSecondsMin`, the
    /// earliest moment at which an attempt of unknown outcome may be looked up; never creating twice rests on it.
    public static let settleTimeouts = 2

    /// The shortest time in seconds from sending to looking up.
    public static let settleSecondsMin = 120

    /// Seconds from sending until no request commits any more, for a client timeout in seconds.
    public static func settleSeconds(timeoutSeconds: Int) -> Int {
        max(settleTimeouts * timeoutSeconds, settleSecondsMin)
    }

    /// Zone of timestamps without an offset and of the days of a period. Look-ups and the dates of a body use it.
    public static let timeZone = "Europe/Amsterdam"

    /// Days before and after an attempt that a look-up by creation date covers.
    public static let lookupDays = 1

    /// Slack in seconds on the window's length before a slot of the client's budget is free again.
    public static let windowSlackSeconds = 1

    /// Statuses of a create whose `identifier` exists already. On a create that is sent again they mean: look it up.
    public static let duplicateIdentifierStatuses: Set<Int> = [400, 422]

    /// Status of a created product, which the portal's example does not show.
    public static let productCreatedStatus = 201

    /// Relations on a page; documented as the default, and configurable in the account, so a reader goes by
    /// `last_page` and uses this only to estimate the number of requests.
    public static let relationsPageSize = 20

    /// Sales on a page, from the recorded example. The emulator's alone: a reader goes by `last_page`.
    public static let salesPageSize = 10

    /// Lists and free-text search (`q`) take up to this many seconds to know a new record. A look-up waits for as long
    /// beyond the moment at which its attempt has settled.
    public static let searchLagSeconds = 2

    /// `postcode` and its kin of an offer come back as the customer's `address`; the `connection_…` fields come back
    /// in the sales list only.
    public static let postcodeIsCustomerAddress = true

    /// How `valid_from` and `valid_till` of a product are written; documented as `dd-mm-yyyy` for an energy product only.
    public static let productDateForm = DateForm.dayMonthYear

    /// Whether a supplier must have its name and its identifier; the portal marks nothing as mandatory there.
    public static let supplierNames = Presence.mandatory

    /// Text, in lower case, of a 403 that is caused by the address list of the token.
    public static let tokenAddressFragment = "ip restriction"

    /// Text, in lower case, of a 403 that is caused by the account's address whitelist.
    public static let accountAddressFragment = "whitelist"

    /// Identifier of the flow type of energy for consumers, which no documented path or answer shows.
    public static let energyConsumerFlowType = "energie"

    /// Identifier of the flow type of hosted voice, which no documented path or answer shows.
    public static let hostedVoiceFlowType = "hosted-voice"

    /// A consumer needs a last name only; the portal's table calls the first name mandatory as well.
    public static let firstnameIsOptional = true
}
