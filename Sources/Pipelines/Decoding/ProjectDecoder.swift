/// `dockhand.yaml`, the environment and flags to a `ProjectDefinition`: a flag counts more than the environment, and
/// the environment more than the file.
public enum ProjectDecoder {
    /// Whether a `--set` path belongs to the project and not to a pipeline.
    public static func owns(path: String) -> Bool { path == "ledger" || path.hasPrefix("salesdock.") }

    /// Decodes a project.
    /// - Parameters:
    ///   - text: the file's content, or `nil` when there is none.
    ///   - file: its name for messages.
    ///   - overrides: paths such as `salesdock.limit` and their values, from flags.
    ///   - needsConnection: whether it is an error that no domain is named.
    /// - Returns: the definition, `nil` if there is any error; and every problem, in the order of the file.
    public static func decode(
        text: String?, file: String = "dockhand.yaml", environment: [String: String],
        overrides: [(path: String, value: String)] = [], needsConnection: Bool = true
    ) -> (ProjectDefinition?, [Diagnostic]) {
        var log = DiagnosticLog(file: file)
        guard let root = read(text, environment, overrides, into: &log) else { return (nil, log.sorted) }
        let project = build(root, environment, overrides.map(\.path), needsConnection: needsConnection, into: &log)
        return (log.hasErrors ? nil : project, log.sorted)
    }

    private static func read(
        _ text: String?, _ environment: [String: String], _ overrides: [(path: String, value: String)],
        into log: inout DiagnosticLog
    ) -> YAMLNode? {
        let none = YAMLNode.emptyMap(at: YAMLNode.Place(mark: nil, flag: nil))
        guard let written = text == nil ? none : YAMLReader.read(text ?? "", into: &log) else { return nil }
        let shape = Shape.object(ProjectFormat.project)
        let overridden = Overrides.apply(overrides, to: written, shape: shape, into: &log)
        // Before variables are replaced: `token: ${SALESDOCK_TOKEN}` deserves the better advice.
        let root = withoutLiteralToken(overridden, into: &log)
        let expanded = EnvironmentVariables(environment: environment).expand(root, into: &log)
        // And after: a variable may have held one.
        let clean = withoutLiteralToken(expanded, into: &log)
        ShapeChecker.check(clean, against: shape, into: &log)
        return clean
    }

    // MARK: Token

    /// Reports a token written in the file, without quoting it, and takes it out of what is looked at further.
    private static func withoutLiteralToken(_ root: YAMLNode, into log: inout DiagnosticLog) -> YAMLNode {
        var places: Set<YAMLNode.Place> = []
        if let token = root["salesdock"]?["token"] {
            if token.text != nil { places.insert(token.place) }
            for entry in token.entries where !isSpecification(entry) { places.insert(entry.value.place) }
        }
        root.walk { _, _, node in
            if let text = node.text, TokenShape.matches(text) { places.insert(node.place) }
        }
        for place in places {
            log.report(
                "a token is never written in a file; name where it is kept: token: { env: SALESDOCK_TOKEN }, "
                    + "{ file: path } or { command: [program, argument] }", at: place)
        }
        return root.mapScalars { scalar, place in
            var copy = scalar
            copy.isBroken = scalar.isBroken || places.contains(place)
            return copy
        }
    }

    /// Whether an entry of `token` says where a token is kept and is not one itself.
    private static func isSpecification(_ entry: YAMLNode.Entry) -> Bool {
        guard entry.key == "env", let name = entry.value.text else {
            return !entry.value.texts.contains(where: TokenShape.matches)
        }
        let isName =
            name.first?.isNumber == false && name.allSatisfy { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
        let isRandom = name.count >= 20 && name.contains(where: \.isLowercase) && name.contains(where: \.isNumber)
        return isName && !isRandom
    }

    private static func tokenSpec(_ node: YAMLNode?) -> ProjectDefinition.TokenSpec? {
        if let name = node?["env"]?.text { return .environment(name) }
        if let path = node?["file"]?.text { return .file(path) }
        guard let command = node?["command"] else { return nil }
        let words = command.list == nil ? command.text?.split(separator: " ").map(String.init) : command.texts
        return words.map(ProjectDefinition.TokenSpec.command)
    }

    // MARK: Building

    private static func build(
        _ root: YAMLNode, _ environment: [String: String], _ flags: [String], needsConnection: Bool,
        into log: inout DiagnosticLog
    ) -> ProjectDefinition {
        let salesdock = root["salesdock"]
        /// The file's or flag's text, unless the environment has one and no flag does.
        func text(_ key: String, _ variable: String) -> String? {
            if flags.contains("salesdock.\(key)") { return salesdock?[key]?.text }
            return environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? salesdock?[key]?.text
        }
        var project = ProjectDefinition(domain: text("domain", "SALESDOCK_DOMAIN") ?? "")
        if let base = text("base", "SALESDOCK_BASE_URL") {
            project.base = checkedBase(base, at: salesdock?["base"]?.place, into: &log)
        }
        if let scope = text("scope", "SALESDOCK_SCOPE") {
            project.scope = checkedScope(scope, at: salesdock?["scope"]?.place, into: &log)
        }
        checkDomain(project.domain, at: salesdock?["domain"]?.place, needsConnection: needsConnection, into: &log)
        let isTokenFlagged = flags.contains { $0.hasPrefix("salesdock.token") }
        if isTokenFlagged || environment["SALESDOCK_TOKEN"]?.isEmpty ?? true {
            project.token = tokenSpec(salesdock?["token"]) ?? project.token
        }
        project.limit = salesdock?["limit"]?.text.flatMap(Literals.wholeNumber)
        project.sharePercent = salesdock?["share"]?.text.flatMap(Literals.percentage) ?? project.sharePercent
        project.concurrency = salesdock?["concurrency"]?.text.flatMap(Literals.wholeNumber) ?? project.concurrency
        project.timeoutMs = salesdock?["timeout"]?.text.flatMap(Literals.milliseconds) ?? project.timeoutMs
        project.settleMs = salesdock?["settle"]?.text.flatMap(Literals.milliseconds)
        project.ledger = root["ledger"]?.text
        if project.sharePercent == 0 { log.report("'share' must be more than 0%", at: place(salesdock?["share"])) }
        if project.timeoutMs == 0 { log.report("'timeout' must be more than 0", at: place(salesdock?["timeout"])) }
        return project
    }

    private static func place(_ node: YAMLNode?) -> YAMLNode.Place {
        node?.place ?? YAMLNode.Place(mark: nil, flag: nil)
    }

    private static func checkDomain(
        _ domain: String, at place: YAMLNode.Place?, needsConnection: Bool, into log: inout DiagnosticLog
    ) {
        if domain.isEmpty {
            // A domain that was written wrong has been reported.
            guard needsConnection, !log.hasErrors else { return }
            log.report(
                "the account's domain is not named; write salesdock: { domain: … } in dockhand.yaml, or set "
                    + "SALESDOCK_DOMAIN", at: nil as Mark?)
        } else if !domain.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) || "-_.".contains($0) }) {
            log.report("'domain' is the account's name alone, such as example-bv", at: Self.place(place))
        }
    }

    private static func place(_ place: YAMLNode.Place?) -> YAMLNode.Place {
        place ?? YAMLNode.Place(mark: nil, flag: nil)
    }

    private static func checkedScope(
        _ text: String, at place: YAMLNode.Place?, into log: inout DiagnosticLog
    ) -> ProjectDefinition.Scope {
        if let scope = ProjectDefinition.Scope(rawValue: text) { return scope }
        // The file's own value has been compared with the allowed ones already.
        if !log.hasErrors {
            log.report("SALESDOCK_SCOPE must be user or account, not \(TokenShape.quoted(text))", at: Self.place(place))
        }
        return .account
    }

    private static func checkedBase(_ text: String, at place: YAMLNode.Place?, into log: inout DiagnosticLog) -> String
    {
        var base = text[...]
        while base.last == "/" { base = base.dropLast() }
        let scheme = ["https://", "http://"].first { base.hasPrefix($0) }
        let host = scheme.map { base.dropFirst($0.count) } ?? ""
        if host.isEmpty || host.contains(where: { "/?# @".contains($0) }) {
            log.report("'base' must be an address such as https://app.salesdock.nl", at: Self.place(place))
        } else if scheme == "http://",
            !["127.0.0.1", "localhost", "[::1]"].contains(where: { host == $0 || host.hasPrefix("\($0):") })
        {
            log.report(
                "'base' is not https: everybody on the way can read the token", at: Self.place(place), .warning)
        }
        return String(base)
    }
}
