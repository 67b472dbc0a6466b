/// The keys of `dockhand.yaml`.
enum ProjectFormat {
    static let project = ObjectRule(
        name: "a project file",
        keys: [
            KeyRule("salesdock", .object(salesdock), "The connection."),
            KeyRule(
                "ledger", .scalar(.name), "Path of the ledger; .dockhand/ledger.sqlite beside this file by default."),
        ])

    private static let salesdock = ObjectRule(
        name: "salesdock",
        keys: [
            KeyRule("base", .scalar(.name), "https://app.salesdock.nl by default."),
            KeyRule("domain", .scalar(.name), "The account's name in Salesdock's addresses."),
            KeyRule(
                "scope", .scalar(.oneOf(ProjectDefinition.Scope.allCases.map(\.rawValue))),
                "account with an Admin's token (the default), user with an Agent's."),
            KeyRule("token", .object(token), "Where the token is kept: { env: SALESDOCK_TOKEN } by default."),
            KeyRule(
                "limit", .scalar(.wholeNumber(1...100_000)), "Requests a minute; follows Salesdock's header by default."
            ),
            KeyRule("share", .scalar(.percentage), "What of the limit this project may use; 100% by default."),
            KeyRule("concurrency", .scalar(.wholeNumber(1...256)), "Most requests in flight; 8 by default."),
            KeyRule("timeout", .scalar(.duration), "Of one request; 30s by default."),
            KeyRule(
                "settle", .scalar(.duration),
                "From sending until no request takes effect any more; at least 2m and twice the timeout by default."),
        ])

    static let token = ObjectRule(
        name: "token",
        keys: [
            KeyRule("env", .scalar(.name), "Name of an environment variable."),
            KeyRule("file", .scalar(.name), "Path of a file that holds the token."),
            KeyRule("command", .textOrList(.name), "A program and its arguments; it prints the token."),
        ],
        choices: [.exactlyOne(["env", "file", "command"])])
}
