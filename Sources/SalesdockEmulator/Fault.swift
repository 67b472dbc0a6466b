/// What a fault does to a request.
enum FaultAction: String, Sendable, CaseIterable {
    /// Answers an error; nothing is changed.
    case errorBefore = "error_before"
    /// Changes what was asked, then answers an error.
    case errorAfter = "error_after"
    /// Closes the connection without an answer; nothing is changed.
    case dropBefore = "drop_before"
    /// Changes what was asked, then closes the connection without an answer.
    case dropAfter = "drop_after"
    /// Changes what was asked and answers late.
    case delay
    /// Changes what was asked and answers with the same status, but with a text that repeats the request and is not JSON.
    case garble
    /// Answers 429 with `Retry-After`.
    case throttle
    /// Closes the connection (or answers `status`) at once and changes what was asked some seconds later.
    case lateCommit = "late_commit"
}

/// One rule of when which fault happens.
struct FaultRule: Sendable {
    /// HTTP method, or nil for any.
    var method: String?
    /// Part of the path after `v1/`, or a glob with `*`; nil for any path.
    var path: String?
    var nth: Int?
    var every: Int?
    var probability: Double?
    var action: FaultAction
    var seconds: Double
    var status: Int?
    /// How often it happens at most; one time for `nth`, else without end.
    var times: Int?
    var seen = 0
    var fired = 0

    /// Reads one rule.
    /// - Throws: ``FaultSyntaxError`` naming what is wrong.
    init(_ json: JSON) throws(FaultSyntaxError) {
        guard let object = json.object else { throw FaultSyntaxError(message: "a rule is an object") }
        let known = ["method", "path", "nth", "every", "probability", "action", "seconds", "status", "times"]
        if let unknown = object.members.first(where: { !known.contains($0.name) }) {
            throw FaultSyntaxError(
                message: "unknown member \(unknown.name); known are \(known.joined(separator: ", "))")
        }
        guard let action = object.text("action").flatMap(FaultAction.init(rawValue:)) else {
            let names = FaultAction.allCases.map(\.rawValue).joined(separator: ", ")
            throw FaultSyntaxError(message: "action is one of \(names)")
        }
        self.action = action
        method = object.text("method")?.uppercased()
        path = object.text("path")
        nth = object["nth"]?.int
        every = object["every"]?.int
        probability = object.text("probability").flatMap(Double.init)
        seconds = object.text("seconds").flatMap(Double.init) ?? 0
        status = object["status"]?.int
        times = object["times"]?.int ?? (nth == nil ? nil : 1)
    }

    func concerns(method: String, path: String) -> Bool {
        guard self.method == nil || self.method == method else { return false }
        guard let pattern = self.path else { return true }
        guard pattern.contains("*") else { return path.contains(pattern) }
        return FaultRule.glob(Array(pattern.utf8)[...], Array(path.utf8)[...])
    }

    /// Counts a request that it concerns and says whether the fault happens.
    mutating func fires(using random: inout SplitMix) -> Bool {
        seen += 1
        if let times, fired >= times { return false }
        let chance = probability.map { random.fraction() < $0 }
        let hit: Bool
        if let nth {
            hit = seen >= nth
        } else if let every {
            hit = every > 0 && seen % every == 0
        } else {
            hit = chance ?? true
        }
        if hit { fired += 1 }
        return hit
    }

    private static func glob(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return glob(pattern.dropFirst(), text) || (!text.isEmpty && glob(pattern, text.dropFirst()))
        }
        return text.first == first && glob(pattern.dropFirst(), text.dropFirst())
    }
}

/// A fault rule that cannot be read.
struct FaultSyntaxError: Error {
    let message: String
}

/// A small seeded random number generator (SplitMix64).
struct SplitMix: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, 1.
    mutating func fraction() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    /// From 1 through the bound.
    mutating func upTo(_ bound: Int) -> Int { Int(next() % UInt64(bound)) + 1 }

    mutating func hexText() -> String {
        let digits = String(next(), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
