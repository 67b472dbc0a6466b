public import Records

extension Balance {
    /// The balance as an equation, without the zeros: `created 269 + duplicate 10 + rejected 21 = read 300`.
    public var equation: String {
        let sides = (left: nonzero.map { "\($0.rawValue) \(self[$0])" }, right: "read \(read)")
        if holds { return "\(sides.left.isEmpty ? "0" : sides.left.joined(separator: " + ")) = \(sides.right)" }
        return "\(sides.left.isEmpty ? "0" : sides.left.joined(separator: " + ")) ≠ \(sides.right)"
    }

    /// The fates that at least one row has, in their usual order.
    public var nonzero: [Fate] { Fate.allCases.filter { self[$0] != 0 } }

    /// Both balances together.
    public static func + (left: Balance, right: Balance) -> Balance {
        var sum = left
        sum.read(right.read)
        for fate in Fate.allCases { sum.settle(fate, right[fate]) }
        return sum
    }
}
