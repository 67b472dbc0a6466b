import Foundation
import Salesdock
import Testing

struct TokenTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func read(_ source: TokenSource, _ environment: [String: String] = ["PATH": "/usr/bin:/bin"]) async throws
        -> Token
    {
        try await source.read(environment: environment, timeout: .seconds(10))
    }

    @Test func `a token shows itself nowhere`() throws {
        let token = try Token("hush-hush")
        var dumped = ""
        dump([token], to: &dumped)
        for text in [
            "\(token)", String(reflecting: token), String(describing: [token]), dumped, "\(Optional(token) as Any)",
        ] {
            #expect(!text.contains("hush"), "\(text)")
        }
    }

    @Test(arguments: ["", "a b", "a\nb", "é", "a\u{0}", String(repeating: "x", count: 9000)])
    func `what can not be a token is refused without repeating it`(text: String) throws {
        let error = #expect(throws: SalesdockError.self) { try Token(text) }
        #expect(error?.code == .token)
        if text.count > 3 { #expect(error?.description.contains(text) == false) }
    }

    @Test func `the environment gives the token or says which variable is missing`() async throws {
        #expect(try await read(.environment(name: "T"), ["T": "abc"]) == Token("abc"))
        let error = await #expect(throws: SalesdockError.self) { try await read(.environment(name: "T"), ["T": ""]) }
        #expect(error?.message.contains("T is not set") == true)
    }

    @Test(arguments: ["abc", "abc\n", "abc\r\n", "abc\n\n"]) func `a file may end in line breaks`(text: String)
        async throws
    {
        let path = directory.path + "/token"
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(try await read(.file(path: path)) == Token("abc"))
    }

    @Test func `a file that is missing, empty or something else says so`() async throws {
        let path = directory.path + "/token"
        await #expect(throws: SalesdockError.self) { try await read(.file(path: path)) }
        try Data("two words\n".utf8).write(to: URL(filePath: path))
        let error = await #expect(throws: SalesdockError.self) { try await read(.file(path: path)) }
        #expect(error?.message.hasPrefix("The file \(path) holds no token:") == true)
        #expect(error?.description.contains("two words") == false)
        try Data(count: 100_000).write(to: URL(filePath: path))
        await #expect(throws: SalesdockError.self) { try await read(.file(path: path)) }
    }

    @Test func `a command's output is the token`() async throws {
        #expect(try await read(.command(["printf", "abc\\n"])) == Token("abc"))
        // More on standard error than a pipe holds must not stop it.
        let noisy = "i=0; while [ $i -lt 3000 ]; do echo 012345678901234567890123456789 >&2; i=$((i+1)); done; echo abc"
        #expect(try await read(.command(["sh", "-c", noisy])) == Token("abc"))
    }

    @Test func `a failing command is quoted by its standard error only`() async throws {
        let error = await #expect(throws: SalesdockError.self) {
            try await read(.command(["sh", "-c", "echo hush; echo 'vault is locked' >&2; exit 3"]))
        }
        #expect(error?.message == "The token's command 'sh' failed with status 3, saying: vault is locked")
        let telling = await #expect(throws: SalesdockError.self) {
            try await read(.command(["sh", "-c", "echo hush-1; echo 'using hush-1, which is locked' >&2; exit 3"]))
        }
        #expect(
            telling?.message == "The token's command 'sh' failed with status 3, saying: using <token>, which is locked")
        let missing = await #expect(throws: SalesdockError.self) { try await read(.command(["no-such-program"])) }
        #expect(missing?.code == .token)
    }

    @Test func `a command that hangs is ended`() async throws {
        let error = await #expect(throws: SalesdockError.self) {
            try await TokenSource.command(["sleep", "60"]).read(
                environment: ["PATH": "/usr/bin:/bin"], timeout: .milliseconds(100))
        }
        #expect(error?.message.contains("did not end within") == true)
    }
}
