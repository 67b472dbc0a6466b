import Pipelines
import Testing

@Suite struct ProjectTests {
    static let whole = """
        salesdock:
          base: https://crm.example/
          domain: voorbeeld
          scope: user
          token: { command: [pass, show, salesdock] }
          limit: 120
          share: 80%
          concurrency: 4
          timeout: 500ms
          settle: 2m
        ledger: state/ledger.sqlite
        """

    @Test func `A whole file decodes`() {
        let (project, diagnostics) = ProjectDecoder.decode(text: Self.whole, environment: [:])
        #expect(diagnostics.isEmpty)
        #expect(
            project
                == ProjectDefinition(
                    base: "https://crm.example", domain: "voorbeeld", scope: .user,
                    token: .command(["pass", "show", "salesdock"]), limit: 120, sharePercent: 80, concurrency: 4,
                    timeoutMs: 500, settleMs: 120_000, ledger: "state/ledger.sqlite"))
    }

    @Test func `Without a file the environment serves`() {
        let environment = [
            "SALESDOCK_BASE_URL": "http://127.0.0.1:8089", "SALESDOCK_DOMAIN": "demo", "SALESDOCK_SCOPE": "user",
            "SALESDOCK_TOKEN": "x",
        ]
        let (project, diagnostics) = ProjectDecoder.decode(text: nil, environment: environment)
        #expect(diagnostics.isEmpty)
        #expect(project == ProjectDefinition(base: "http://127.0.0.1:8089", domain: "demo", scope: .user))
        #expect(project?.token == .environment("SALESDOCK_TOKEN"))
    }

    @Test func `A flag counts more than the environment, which counts more than the file`() {
        let environment = ["SALESDOCK_DOMAIN": "uit-omgeving", "SALESDOCK_SCOPE": "account", "SALESDOCK_TOKEN": "x"]
        let (project, _) = ProjectDecoder.decode(
            text: Self.whole, environment: environment,
            overrides: [("salesdock.scope", "user"), ("salesdock.limit", "60")])
        #expect(project?.domain == "uit-omgeving")
        #expect(project?.scope == .user)
        #expect(project?.limit == 60)
        #expect(project?.token == .environment("SALESDOCK_TOKEN"))
    }

    @Test func `Without a domain there is no connection`() {
        let (project, diagnostics) = ProjectDecoder.decode(text: nil, environment: [:])
        #expect(project == nil)
        #expect(diagnostics.first?.message.contains("SALESDOCK_DOMAIN") == true)
        #expect(ProjectDecoder.decode(text: nil, environment: [:], needsConnection: false).0?.domain == "")
    }

    static let secrets = [
        "s3cr3t", "12|aB3dE5gH7jK9mN1pQ3sT5vW7", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "Bearer abcdefghijklmnop",
    ]

    @Test(arguments: secrets)
    func `A literal token is refused and never repeated`(_ secret: String) {
        let forms = [
            "salesdock:\n  domain: d\n  token: ‸\"\(secret)\"", "salesdock:\n  domain: d\n  token: ‸${HELD}",
        ]
        for form in forms {
            let (text, mark) = Marked.split(form)
            let (project, diagnostics) = ProjectDecoder.decode(text: text, environment: ["HELD": secret])
            #expect(project == nil)
            #expect(diagnostics.map(\.mark) == [mark])
            #expect(diagnostics.first?.message.contains("token: { env: SALESDOCK_TOKEN }") == true)
            #expect(!"\(diagnostics)".contains(secret))
        }
    }

    @Test(arguments: secrets.dropFirst())
    func `A token in the place of a name is refused and never repeated`(_ secret: String) {
        for form in [
            "{ env: ‸\"\(secret)\" }", "{ file: ‸\"\(secret)\" }", "{ env: ‸\"${HELD}\" }", "{ file: ‸\"${HELD}\" }",
        ] {
            let (text, mark) = Marked.split("salesdock: { domain: d, token: \(form) }")
            let (project, diagnostics) = ProjectDecoder.decode(text: text, environment: ["HELD": secret])
            #expect(project == nil)
            #expect(diagnostics.map(\.mark) == [mark], "\(form)")
            #expect(!"\(diagnostics)".contains(secret))
        }
    }

    @Test(arguments: [
        ("salesdock: { domain: d, ‸limt: 3 }", "did you mean 'limit'?"),
        ("salesdock: { domain: d, scope: ‸admin }", "user, account"),
        ("salesdock: { domain: d, timeout: ‸30 }", "a duration such as"),
        ("salesdock: { domain: d, timeout: ‸0s }", "more than 0"),
        ("salesdock: { domain: d, share: ‸0% }", "more than 0%"),
        ("salesdock: { domain: d, share: ‸50 }", "a percentage such as 80%"),
        ("salesdock: { domain: d, concurrency: ‸0 }", "from 1 to 256"),
        ("salesdock: { domain: ‸https://d.example }", "the account's name alone"),
        ("salesdock: { domain: d, base: ‸app.salesdock.nl }", "an address such as"),
        ("salesdock: { domain: d, ‸token: { env: A, file: b } }", "not both"),
        ("salesdock: { domain: d, base: \"‸${NOWHERE}\" }", "NOWHERE is not set"),
    ])
    func `A bad project file is refused at its place`(_ yaml: String, _ fragment: String) {
        var (text, mark) = Marked.split(yaml)
        if text.contains("file: b") { mark?.column += "token: { env: A, ".count }
        if text.contains("NOWHERE") { mark?.column -= 1 }
        let (project, diagnostics) = ProjectDecoder.decode(text: text, environment: [:])
        #expect(project == nil)
        #expect(diagnostics.map(\.mark) == [mark], "\(diagnostics)")
        #expect(diagnostics.first?.message.contains(fragment) == true, "\(diagnostics)")
    }

    @Test func `A token in the clear is warned about, except on this machine`() {
        let remote = ProjectDecoder.decode(text: "salesdock: { domain: d, base: http://crm.example }", environment: [:])
        #expect(remote.0 != nil)
        #expect(remote.1.map(\.severity) == [.warning])
        #expect(
            ProjectDecoder.decode(text: "salesdock: { domain: d, base: http://localhost:1 }", environment: [:]).1
                .isEmpty)
    }
}
