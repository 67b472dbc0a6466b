import ExactJSON
import Foundation
import Ledgers
import Testing

/// `doctor` against real disks, a real ledger and the emulator.
@Suite(.serialized) struct DoctorTests {
    private func findings(_ result: Binary.Result) throws -> [String: JSONValue] {
        let list = try #require(try JSONParser.parse(result.output.trimmingCharacters(in: .newlines)).array)
        return Dictionary(list.compactMap { item in item["check"]?.string.map { ($0, item) } }) { first, _ in first }
    }

    private func doctor(_ project: Project, _ arguments: [String] = [], _ environment: [String: String] = [:]) throws
        -> (status: Int32, findings: [String: JSONValue], all: String)
    {
        let result = try project.dockhand(["doctor", "--format", "json"] + arguments, environment)
        return (result.status, try findings(result), result.output + result.errors)
    }

    /// What is not fine, and how; but for the disk of a busy machine, which may sync slowly.
    private func troubles(_ findings: [String: JSONValue]) -> [String: String] {
        findings.filter { !isSlowDisk($0.value) }.compactMapValues { $0["state"]?.string }
            .filter { ["warning", "failed"].contains($0.value) }
    }

    private func isSlowDisk(_ finding: JSONValue?) -> Bool {
        finding?["remedy"]?.string?.hasPrefix("This disk syncs slowly") == true
    }

    @Test func `a project in order has nothing to mend, and few requests show it`() async throws {
        let project = try Project()
        let (status, findings, all) = try doctor(project, ["pipelines/legacy-crm"])
        #expect(status == 0, "\(all)")
        #expect(troubles(findings).isEmpty, "\(all)")
        for check in [
            "token", "address", "scope", "clock", "rate_limit", "flows", "agreements", "product_questions",
            "ledger_disk",
        ] {
            #expect(findings[check]?["state"] == "ok" || isSlowDisk(findings[check]), "\(check): \(all)")
        }
        #expect(!all.contains(Emulator.token))
        let requests = try await project.emulator.get("requests")
        #expect(requests["writes"] == 0)
        #expect(requests["total"]?.int ?? 99 <= 5)
        #expect(findings["requests"]?["message"]?.string?.hasPrefix("\(requests["total"]?.int ?? -1) sent") == true)
        #expect(!FileManager.default.fileExists(atPath: project.folder.path + "/pipelines/.dockhand"))

        let text = try project.dockhand(["doctor"])
        #expect(text.status == 0, "\(text.output)")
        #expect(text.output.contains("ok       token              read from the environment variable SALESDOCK_TOKEN"))
        #expect(text.output.contains("skipped  flows"))
    }

    @Test(arguments: [
        ("agent", "scope", "scope: user"), ("admin,internal", "internal_use", "internal integration' off"),
        ("admin,ip=10.9.9.9", "ip_address", "IP restriction"),
    ])
    func `what the token may not do exits with 77 and says what to click`(role: String, check: String, remedy: String)
        throws
    {
        let project = try Project(tokens: ["\(Emulator.token)=\(role)"])
        let (status, findings, all) = try doctor(project)
        #expect(status == 77, "\(all)")
        #expect(troubles(findings) == [check: "failed"], "\(all)")
        #expect(findings[check]?["remedy"]?.string?.contains(remedy) == true, "\(all)")
    }

    @Test func `an Agent's token serves the scope user, but not products`() throws {
        let project = try Project(tokens: ["\(Emulator.token)=agent"])
        let (fine, found, text) = try doctor(project, [], ["SALESDOCK_SCOPE": "user"])
        #expect(fine == 0, "\(text)")
        #expect(found["scope"]?["message"]?.string?.contains("Agent") == true, "\(text)")
        let (status, findings, all) = try doctor(
            project, ["pipelines/price-list", "--set", "salesdock.scope=user"],
            ["PRICE_LIST": Binary.root + "/samples/price-list/prijslijst.csv"])
        #expect(status == 78, "\(all)")
        #expect(findings["pipelines"]?["message"]?.string?.contains("Admin") == true, "\(all)")
    }

    @Test func `a token that is unknown, missing or unreadable is told apart`() throws {
        let project = try Project()
        let unknown = try doctor(project, [], ["SALESDOCK_TOKEN": "tok-of-nobody-55aa"])
        #expect(unknown.status == 77)
        #expect(troubles(unknown.findings) == ["token_accepted": "failed"], "\(unknown.all)")
        #expect(!unknown.all.contains("tok-of-nobody"))
        let missing = try doctor(project, [], ["SALESDOCK_TOKEN": ""])
        #expect(missing.status == 78, "\(missing.all)")
        #expect(missing.findings["token"]?["state"] == "failed" || missing.findings["project"]?["state"] == "failed")
        try project.folder.write(
            "dockhand.yaml",
            "salesdock: { base: \(project.emulator.url.absoluteString), domain: demo, token: { file: token.txt } }\n")
        // The environment would win over the file.
        func byFile() throws -> (status: Int32, findings: [String: JSONValue], all: String) {
            let result = try Binary.run(["doctor", "--format", "json"], in: project.folder)
            return (result.status, try findings(result), result.output + result.errors)
        }
        let gone = try byFile()
        #expect(gone.status == 78, "\(gone.all)")
        #expect(gone.findings["token"]?["message"]?.string?.contains("token.txt") == true, "\(gone.all)")
        let path = try project.folder.write("token.txt", Emulator.token + "\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let open = try byFile()
        #expect(open.status == 0, "\(open.all)")
        #expect(troubles(open.findings) == ["token": "warning"], "\(open.all)")
    }

    @Test func `an address that nobody answers at, or that leads elsewhere, is told apart`() async throws {
        let project = try Project()
        let silent = try doctor(project, [], ["SALESDOCK_BASE_URL": "http://127.0.0.1:1"])
        #expect(silent.status == 69, "\(silent.all)")
        #expect(troubles(silent.findings) == ["address": "failed"], "\(silent.all)")
        try await project.emulator.faults([["action": "error_before", "status": 302]])
        #expect(try doctor(project).status == 78)
        try await project.emulator.faults([["action": "throttle", "seconds": 40]])
        let throttled = try doctor(project)
        #expect(throttled.status == 75, "\(throttled.all)")
        #expect(throttled.findings["rate_limit"]?["state"] == "failed")
        // The pause that was asked for is remembered, and nothing more is sent.
        let sent = try await project.emulator.get("requests")["total"]
        let paused = try doctor(project)
        #expect(paused.status == 75)
        #expect(paused.findings["budget"]?["message"]?.string?.contains("Salesdock asked") == true, "\(paused.all)")
        #expect(try await project.emulator.get("requests")["total"] == sent)
    }

    @Test func `a limit above what Salesdock states is a warning`() throws {
        let project = try Project(emulatorOptions: ["--limit", "150"])
        let (status, findings, all) = try doctor(project, ["--set", "salesdock.limit=200"])
        #expect(status == 0)
        #expect(troubles(findings) == ["rate_limit": "warning"], "\(all)")
    }

    @Test func `disks and ledgers that would stop a run are found`() throws {
        let project = try Project()
        try project.folder.customers("K1;Jansen;a@post.example\n")
        let noDisk = try doctor(project, ["--ledger", "/proc/dockhand/ledger.sqlite"])
        #expect(noDisk.status == 74, "\(noDisk.all)")
        #expect(noDisk.findings["ledger_disk"]?["state"] == "failed")
        #expect(try doctor(project, [], ["DOCKHAND_STATE_DIR": "/proc/dockhand"]).status == 74)

        try #require(try project.run(["customers.yaml"]).status == 0)
        let ledger = project.folder.path + "/.dockhand/ledger.sqlite"
        #expect(troubles(try doctor(project).findings).isEmpty)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: ledger)
        do {
            let lock = try FileLock(path: ledger + ".lock", holder: "run customers")
            let busy = try doctor(project)
            #expect(busy.status == 0)
            #expect(troubles(busy.findings) == ["ledger": "warning", "ledger_lock": "warning"], "\(busy.all)")
            withExtendedLifetime(lock) {}
        }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: ledger + suffix) }
        let lost = try doctor(project)
        #expect(lost.status == 4, "\(lost.all)")
        #expect(troubles(lost.findings) == ["ledger_mirror": "failed"], "\(lost.all)")
        try project.folder.write(".dockhand/ledger.sqlite", String(repeating: "A", count: 4096))
        #expect(try doctor(project).findings["ledger"]?["state"] == "failed")
    }

    @Test func `what pipelines name and the account has not is found at its place`() throws {
        let project = try Project()
        let file = project.folder.path + "/pipelines/legacy-crm/offers.yaml"
        var text = try String(contentsOfFile: file, encoding: .utf8)
        text = text.replacing("questionData.betaalwijze", with: "questionData.betaalwijs")
            .replacing("offertes.ndjson.gz", with: "offertes-2.ndjson.gz")
        try project.folder.write("pipelines/legacy-crm/offers.yaml", text)
        let (status, findings, all) = try doctor(project, ["pipelines/legacy-crm"])
        #expect(status == 78, "\(all)")
        #expect(troubles(findings) == ["product_questions": "failed", "sources": "failed"], "\(all)")
        let message = findings["product_questions"]?["message"]?.string ?? ""
        #expect(message.contains("offers.yaml:55:") && message.contains("'betaalwijs'"), "\(message)")
        #expect(findings["sources"]?["message"]?.string?.contains("offertes-2.ndjson.gz") == true)
        try project.folder.write("broken.yaml", "pipeline: x\nsorce: 1\n")
        #expect(try doctor(project, ["broken.yaml"]).status == 78)
    }
}
