import ArgumentParser
import ExactJSON
import Foundation
import Testing

@testable import dockhand

/// A token and personal data that would be recognised anywhere, through every verb and every way to fail.
@Suite struct EndToEndSecretTests {
    /// With characters that addresses, Base64 and JSON write differently.
    private static let token = "tok+Canary/7d41~e0c93a.b2f8"

    /// How the token could stand in an output or a file.
    private static let forms: [String] = {
        let raw = Data(token.utf8)
        let base64 = raw.base64EncodedString().trimmingCharacters(in: ["="])
        return [
            token, base64, base64.replacing("+", with: "-").replacing("/", with: "_"),
            token.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "",
            token.addingPercentEncoding(withAllowedCharacters: .urlHostAllowed) ?? "",
            token.replacing("/", with: "\\/"), raw.map { String(format: "%02x", $0) }.joined(),
            // The part that no encoding changes.
            "Canary", "7d41", "e0c93a",
        ]
    }()

    /// What the rows say of people; the keys are numbers.
    private static let personal = ["Kanarievogel", "kanarie@post.example", "0612398765", "4391", "Zwaluwstraat"]

    /// Every verb, first with what succeeds. A new verb is a line here, or this suite fails.
    private static let verbs: [[String]] = [
        ["check", "customers.yaml"], ["check", "customers.yaml", "--format", "json"], ["check", "literal"],
        ["preview", "customers.yaml"], ["preview", "customers.yaml", "--format", "json"],
        ["validate", "customers.yaml", "--report", "out"], ["validate", "customers.yaml", "--max-errors", "0"],
        ["run", "customers.yaml"], ["run", "customers.yaml", "--max-requests", "1"], ["run", "export.yaml"],
        ["run", "literal"], ["run", "customers.yaml", "--env-file", "broken.env"],
        ["run", "customers.yaml", "--set", "salesdock.token=\(token)"],
        ["run", "customers.yaml", "--token", token], ["run", "customers.yaml", "--ledger", "none/ledger.sqlite"],
        ["plan", "customers.yaml", "--out", "out/night.plan"],
        ["plan", "customers.yaml", "--refresh", "list", "--format", "json"], ["runs"],
        ["runs", "1", "--format", "json"],
        ["status", "customers.yaml"], ["status", "customers.yaml", "--format", "json"],
        ["explain", "1001", "customers.yaml"], ["explain", "1001", "customers.yaml", "--format", "json"],
        ["resolve", "1003", "--as", "absent"], ["resolve", "1001", "--as", "7", "--format", "json"],
        ["doctor", "customers.yaml"], ["doctor", "--format", "json", "--log-level", "trace"], ["doctor", "literal"],
        ["schema"], ["emulator", "--port", "0", "--token", token],
        ["emulator", "--port", "0", "--token", "\(token)=boss"],
        ["--help"], ["help", "run"], ["run", "--nonsense"], ["nonsense"], ["--version"],
    ]

    /// Verbs whose own output, on request, is personal data.
    private static let showing: Set = ["preview", "plan", "explain"]

    private let folder: Folder
    /// Holds what a user would keep secret; nothing of dockhand's is in it.
    private let secrets: Folder

    init() throws {
        folder = try Folder()
        secrets = try Folder()
        try secrets.write("token", Self.token + "\n")
        try folder.write(
            "customers.csv",
            """
            nr;naam;mail;tel;postcode;straat
            1001;Kanarievogel;kanarie@post.example;0612398765;4391 KV;Zwaluwstraat
            1002;Kanarievogel;geen-adres;0612398765;4391 KV;Zwaluwstraat
            1003;Kanarievogel;tweede.kanarie@post.example;0612398765;4391 KV;Zwaluwstraat

            """)
        try folder.write(
            "customers.yaml",
            """
            pipeline: customers
            key: nr
            source:
              csv: { path: customers.csv, delimiter: ";" }
            transforms:
              - map:
                  visibility: { const: account }
                  business:   { const: "0" }
                  lastname:   naam
                  email:      mail
                  phone:      tel
                  postcode:   { from: postcode, apply: [remove_spaces] }
                  streetname: straat
              - validate:
                  email: [required, email]
            sink:
              salesdock.customers: {}

            """)
        try folder.write(
            "export.yaml",
            """
            pipeline: export
            key: id
            source:
              salesdock.customers: {}
            transforms:
              - map: { id: id, naam: lastname, mail: email }
            sink:
              csv: { path: out/export.csv }

            """)
    }

    /// The log at its most talkative, where a verb has one.
    private static func loud(_ arguments: [String]) -> [String] {
        guard arguments.first == "run" else { return arguments }
        return arguments + Project.quick + ["--log-level", "trace", "--log-format", "json", "--format", "json"]
    }

    /// Runs a verb, and looks at what it says at once. Its output is not kept with what is searched at the end.
    @discardableResult
    private func run(_ arguments: [String], _ environment: [String: String]) throws -> Binary.Result {
        let result = try Binary.run(Self.loud(arguments), environment: environment, in: folder)
        let name = arguments.map { $0.contains(Self.token) ? "…" : $0 }.joined(separator: " ")
        for text in [result.output, result.errors] {
            for form in Self.forms { #expect(!text.contains(form), "\(name) tells the token: \(text)") }
        }
        for word in Self.personal {
            #expect(!result.errors.contains(word), "\(name) tells \(word): \(result.errors)")
            let isShown = Self.showing.contains(arguments.first ?? "")
            #expect(isShown || !result.output.contains(word), "\(name) shows \(word): \(result.output)")
        }
        return result
    }

    /// Looks through everything that was written, and at who may read it.
    private func searchFiles() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        var kinds: Set<String> = []
        for file in files {
            let path = folder.path + "/" + file
            guard let bytes = FileManager.default.contents(atPath: path), !file.hasSuffix(".in") else { continue }
            let isOurs = !Self.inputs.contains(file) && !file.hasSuffix(".out") && !file.hasSuffix(".err")
            if isOurs || file.hasSuffix(".log") || file.hasSuffix(".out") || file.hasSuffix(".err") {
                for form in Self.forms {
                    #expect(bytes.range(of: Data(form.utf8)) == nil, "\(file) holds the token")
                }
            }
            if file.hasSuffix(".err") {
                for word in Self.personal {
                    #expect(bytes.range(of: Data(word.utf8)) == nil, "\(file) holds \(word)")
                }
            }
            guard isOurs else { continue }
            kinds.insert((file as NSString).pathExtension)
            let mode = try #require(
                FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)
            #expect(mode.intValue & 0o077 == 0, "\(file) has mode \(String(mode.intValue, radix: 8))")
        }
        // Ledger, its log after a kill, its lock, budget and mirrors, rejects and exports were all there to be searched.
        #expect(kinds.isSuperset(of: ["sqlite", "sqlite-wal", "lock", "json", "csv"]), "\(kinds)")
    }

    private static let inputs: Set = [
        "customers.csv", "customers.yaml", "export.yaml", "literal/dockhand.yaml", "literal/literal.yaml", "broken.env",
        "echo.py", "emulator.log",
    ]

    @Test func `no verb tells a token, nor its log personal data`() async throws {
        for command in Dockhand.configuration.subcommands {
            let name = command.configuration.commandName ?? ""
            #expect(Self.verbs.contains { $0.first == name }, "'\(name)' is not among the verbs of this suite")
        }
        let emulator = try Emulator(
            in: folder,
            ["--limit", "100000", "--search-lag", "0.1", "--data", "emulator.data", "--log-level", "trace"],
            tokens: ["\(Self.token)=admin"], log: folder.write("emulator.log", ""))
        let environment = emulator.environment.merging(["SALESDOCK_TOKEN": Self.token]) { $1 }
        // A token where none belongs.
        let pipeline = try String(contentsOfFile: folder.path + "/customers.yaml", encoding: .utf8)
        try folder.write("literal/literal.yaml", pipeline)
        try folder.write("literal/dockhand.yaml", "salesdock: { domain: demo, token: \"\(Self.token)\" }\n")
        try folder.write("broken.env", "SALESDOCK_DOMAIN=demo\n\(Self.token)\n")
        for verb in Self.verbs { try run(verb, environment) }

        try await fail(emulator, environment)
        try readElsewhere(environment)
        try await repeatWhatIsSent(environment)
        try await die(emulator, environment)
        try searchFiles()
    }

    /// Salesdock refuses, redirects, breaks or is not there.
    private func fail(_ emulator: Emulator, _ environment: [String: String]) async throws {
        let rules: [JSONValue] = [
            ["action": "error_before", "status": 403], ["action": "error_before", "status": 302],
            ["method": "POST", "action": "error_before", "status": 422],
            ["method": "POST", "action": "drop_after", "nth": 1],
        ]
        for (number, rule) in rules.enumerated() {
            try await emulator.faults([rule])
            try write(row: 2000 + number)
            #expect(try run(["run", "customers.yaml"], environment).status != 0)
        }
        try await emulator.faults([])
        let wrong = environment.merging(["SALESDOCK_TOKEN": Self.token + "x"]) { $1 }
        #expect(try run(["run", "customers.yaml"], wrong).status == 77)
        let nowhere = environment.merging(["SALESDOCK_BASE_URL": "http://127.0.0.1:1"]) { $1 }
        #expect(try run(["run", "customers.yaml", "--deadline", "1s"], nowhere).status != 0)
        let inAddress = environment.merging(["SALESDOCK_BASE_URL": "https://\(Self.token)@post.example"]) { $1 }
        #expect(try run(["run", "customers.yaml"], inAddress).status == 78)
    }

    /// One more customer, of the same name as the others.
    private func write(row: Int) throws {
        let path = folder.path + "/customers.csv"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try folder.write(
            "customers.csv", text + "\(row);Kanarievogel;k\(row).kanarie@post.example;0612398765;4391 KV;Zwaluwstraat\n"
        )
    }

    /// The token comes from a file or a command, and something is wrong with it.
    private func readElsewhere(_ environment: [String: String]) throws {
        let token = secrets.path + "/token"
        try secrets.write("two", "\(Self.token) \(Self.token)\n")
        let sources = [
            "{ file: \(token) }", "{ command: [cat, \(token)] }", "{ file: \(secrets.path)/two }",
            "{ command: [sh, -c, 'cat \(token); cat \(token) >&2; exit 3'] }",
            "{ command: [sh, -c, 'cat \(token) \(token)'] }",
        ]
        // The environment wins over the file.
        let environment = environment.merging(["SALESDOCK_TOKEN": ""]) { $1 }
        for (number, source) in sources.enumerated() {
            try folder.write("dockhand.yaml", "salesdock: { token: \(source) }\n")
            let result = try run(["run", "customers.yaml"], environment)
            #expect((result.status == 78) == (number >= 2), "\(source): \(result.status) \(result.errors)")
        }
        try FileManager.default.removeItem(atPath: folder.path + "/dockhand.yaml")
    }

    /// A server that answers with what it was sent, headers and all.
    private func repeatWhatIsSent(_ environment: [String: String]) async throws {
        try folder.write("echo.py", Self.echo)
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments = ["python3", folder.path + "/echo.py"]
        let output = Pipe()
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        try server.run()
        defer { kill(server.processIdentifier, SIGKILL) }
        let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .newlines)
        for status in [302, 401, 403, 404, 405, 422] {
            let environment = environment.merging([
                "SALESDOCK_BASE_URL": "http://127.0.0.1:\(port)/\(status)",
                "DOCKHAND_STATE_DIR": folder.path + "/state/echo",
            ]) { $1 }
            let result = try run(["run", "customers.yaml", "--ledger", "echo/ledger.sqlite"], environment)
            #expect(result.status != 0 && !result.errors.isEmpty)
        }
    }

    private static let echo = """
        import http.server, json

        class Echo(http.server.BaseHTTPRequestHandler):
            def answer(self):
                said = self.headers["Authorization"]
                body = json.dumps({"success": False, "message": "Not authorised: " + said, "code": said,
                                   "errors": {said: [said]}}).encode()
                self.send_response(int(self.path.split("/")[1]))
                self.send_header("Location", "https://" + said.split()[1] + "/")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = answer

        server = http.server.HTTPServer(("127.0.0.1", 0), Echo)
        print(server.server_port, flush=True)
        server.serve_forever()
        """

    /// Killed in the middle of a write, and crashed.
    private func die(_ emulator: Emulator, _ environment: [String: String]) async throws {
        // The report of a crash says enough without the names of its lines, which take seconds to find.
        let environment = environment.merging(["SWIFT_BACKTRACE": "symbolicate=off"]) { $1 }
        for (number, signal) in [SIGSEGV, SIGKILL].enumerated() {
            try write(row: 3000 + number)
            try await emulator.faults([["method": "POST", "action": "delay", "seconds": 4, "nth": 1]])
            let writes = try await emulator.writes()
            let running = try Running(
                Binary.process(Self.loud(["run", "customers.yaml"]), environment: environment, in: folder), in: folder)
            try emulator.awaitWrites(writes + 1, while: running.process)
            running.send(signal)
            #expect(try running.end().status != 0)
        }
        #expect(FileManager.default.fileExists(atPath: folder.path + "/.dockhand/ledger.sqlite-wal"))
    }
}
