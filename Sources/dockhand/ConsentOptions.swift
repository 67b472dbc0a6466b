import ArgumentParser
import Runs

/// What a person has agreed to.
struct ConsentOptions: ParsableArguments {
    @Flag(help: "Accepts deactivations, however many; e-mails and a rebuild's creations need a count.")
    var yes = false

    @Option(
        help: ArgumentHelp(
            "Accepts so many of a side effect; repeatable.", valueName: "email=N|deactivate=N|create=N"))
    var allow: [Allowance] = []

    var allowances: RunOptions.Allowances {
        var allowances = RunOptions.Allowances()
        if yes { allowances.deactivate = .max }
        for allowance in allow {
            switch allowance.effect {
            case .email: allowances.email = allowance.count
            case .deactivate: allowances.deactivate = allowance.count
            case .create: allowances.create = allowance.count
            }
        }
        return allowances
    }
}

/// `email=12`.
struct Allowance: ExpressibleByArgument {
    enum Effect: String { case email, deactivate, create }

    let effect: Effect
    let count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let effect = Effect(rawValue: String(parts[0])), let count = Int(parts[1]), count >= 0
        else { return nil }
        self.effect = effect
        self.count = count
    }
}
