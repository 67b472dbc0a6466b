import ExactJSON
import Foundation
import Testing

/// A ledger that does not know what was written: nothing is sent until a person says how, and the way that is said works.
@Suite(.serialized) struct EndToEndLostLedgerTests {
    private static let rows = "K1;Jansen;a@post.example\nK2;Bakker;b@post.example\n"

    /// A project whose customers were written once.
    private func written(_ rows: String = rows) async throws -> (Project, writes: Int) {
        let project = try Project(emulatorOptions: ["--limit", "100000", "--search-lag", "0.1"])
        try project.folder.customers(rows)
        let first = try run(project)
        try #require(first.status == 0, "\(first.errors)")
        return (project, try await project.emulator.writes())
    }

    private func run(_ project: Project, _ arguments: String...) throws -> Binary.Result {
        try project.quickly(["customers.yaml"] + arguments)
    }

    /// A run that a guard stops before it sends anything, with a message that says all of this.
    private func expectRefusal(_ project: Project, _ arguments: String..., says: [String]) async throws {
        let writes = try await project.emulator.writes()
        let result = try project.quickly(["customers.yaml"] + arguments)
        #expect(result.status == 4, "\(result.errors)")
        for part in says { #expect(result.errors.contains(part), "\(result.errors)") }
        #expect(try result.outcome().isBalanced)
        #expect(try await project.emulator.writes() == writes)
    }

    /// A run that finds everything as it should be, and writes nothing.
    private func expectUnchanged(_ project: Project, _ arguments: String..., rows: Int) async throws {
        let writes = try await project.emulator.writes()
        let result = try project.quickly(["customers.yaml"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.outcome().fate("unchanged") == rows)
        #expect(try await project.emulator.writes() == writes)
    }

    @Test func `a ledger that is missing stops every run, until it is restored or rebuilt`() async throws {
        let (project, _) = try await written()
        let backup = try project.ledgerFiles()
        try project.putLedger([:])
        try await expectRefusal(project, says: ["is missing or was replaced", "Restore it", "--rebuild"])
        // Also when it has been tried before.
        try await expectRefusal(project, says: ["is missing or was replaced"])
        try project.putLedger(backup)
        try await expectUnchanged(project, rows: 2)

        try project.putLedger([:])
        try await expectRefusal(project, "--rebuild", says: ["--allow create=2"])
        try await expectRefusal(project, "--rebuild", "--allow", "create=1", says: ["--allow create=2"])
        try await expectUnchanged(project, "--rebuild", "--allow", "create=2", rows: 2)
        try await expectUnchanged(project, rows: 2)
        #expect(try await project.emulator.records("relations").count == 2)
    }

    @Test func `a ledger from an older backup stops every run and every decision`() async throws {
        let (project, _) = try await written()
        let backup = try project.ledgerFiles()
        try project.folder.customers(Self.rows + "K3;Visser;c@post.example\n")
        #expect(try run(project).outcome().fate("created") == 1)
        let latest = try project.ledgerFiles()

        try project.putLedger(backup)
        let refusal = ["has seen 1 runs, and 2 were made", "older copy", "Restore the latest", "--rebuild"]
        try await expectRefusal(project, says: refusal)
        // A decision may not make the copy pass for the latest ledger.
        let decision = try project.dockhand(["resolve", "K1", "--as", "absent"])
        #expect(decision.status == 4, "\(decision.errors)")
        #expect(decision.errors.contains("older copy"))
        try await expectRefusal(project, says: refusal)

        // Nor may another place.
        try project.putLedger(backup, "copy/ledger.sqlite")
        try await expectRefusal(
            project, "--ledger", "copy/ledger.sqlite", says: ["older copy", "Use the one that saw them all"])
        try project.putLedger(latest)
        try await expectUnchanged(project, rows: 3)
        // A copy of the latest is as good, and a link is the ledger itself.
        try project.putLedger(project.ledgerFiles(), "moved/ledger.sqlite")
        try await expectUnchanged(project, "--ledger", "moved/ledger.sqlite", rows: 3)
        try FileManager.default.createSymbolicLink(
            atPath: project.folder.path + "/link.sqlite", withDestinationPath: ".dockhand/ledger.sqlite")
        try await expectUnchanged(project, "--ledger", "link.sqlite", rows: 3)
        try project.putLedger(backup)
        try await expectRefusal(project, "--ledger", "link.sqlite", says: ["older copy", "Restore the latest"])
    }

    @Test func `a backup from the middle of the last run is an older one`() async throws {
        let project = try Project(emulatorOptions: ["--limit", "100000", "--search-lag", "0.1"])
        try project.folder.customers((1...200).map { "K\($0);Jansen;a\($0)@post.example\n" }.joined())
        try await project.emulator.faults([["method": "POST", "action": "delay", "seconds": 0.1]])
        let running = try project.startQuickly(["customers.yaml"])
        try project.emulator.awaitWrites(10, while: running.process)
        running.send(SIGSTOP)
        let backup = try project.ledgerFiles()
        try await project.emulator.faults([])
        running.send(SIGCONT)
        #expect(try running.end().status == 0)
        let latest = try project.ledgerFiles()

        try project.putLedger(backup)
        try await expectRefusal(project, says: ["and 200 were made", "older copy"])
        try project.putLedger(latest)
        try await expectUnchanged(project, rows: 200)
        #expect(try await project.emulator.records("relations").count == 200)
    }

    @Test func `a renamed pipeline and a changed key are asked about`() async throws {
        let (project, _) = try await written()
        let text = try String(contentsOfFile: project.folder.path + "/customers.yaml", encoding: .utf8)
        try project.folder.write("customers.yaml", text.replacing("key: nr", with: "key: mail"))
        try await expectRefusal(project, says: ["by key nr", "by key mail", "Restore the key", "another name"])
        try project.folder.write("customers.yaml", text)
        try await expectUnchanged(project, rows: 2)

        try project.folder.write("customers.yaml", text.replacing("pipeline: customers", with: "pipeline: klanten"))
        try await expectRefusal(
            project, says: ["2 of 2 keys belong to customers", "--renamed-from customers", "--renamed-from none"])
        try await expectUnchanged(project, "--renamed-from", "customers", rows: 2)
        try await expectUnchanged(project, rows: 2)
    }

    @Test func `ids do not cross from one account to another`() async throws {
        let folder = try Folder()
        let emulators = try (0..<2).map { _ in try Emulator(in: folder) }
        try folder.write("suppliers.csv", "nr;naam\nS1;Noordwind\n")
        try folder.write("products.csv", "nr;naam;leverancier\nP1;Stroom vast;S1\n")
        let names = "name: naam, identifier: nr, active: { const: '1' }"
        let product = "type: { const: default }, business: { const: '0' }, retention: { const: '2' }"
        for (name, fields) in [
            ("suppliers", "\(names), contractor: { const: 'no' }"),
            ("products", "\(names), \(product), supplier_id: { from: leverancier, ref: suppliers }"),
        ] {
            try folder.write(
                "\(name).yaml",
                "pipeline: \(name)\nkey: nr\nsource:\n  csv: { path: \(name).csv, delimiter: ';' }\n"
                    + "transforms:\n  - map: { \(fields) }\nsink:\n  salesdock.\(name): { match: [identifier] }\n")
        }
        func run(_ emulator: Emulator, _ pipeline: String) throws -> JSONValue {
            let arguments = ["run", pipeline, "--format", "json", "--quiet"] + Project.quick
            return try Binary.run(arguments, environment: emulator.environment, in: folder).outcome()
        }
        #expect(try run(emulators[0], "suppliers.yaml").fate("created") == 1)
        // The ledger knows the supplier's id of the first account alone.
        #expect(try run(emulators[1], "products.yaml").fate("parked") == 1)
        #expect(try await emulators[1].writes() == 0)
        #expect(try run(emulators[1], "suppliers.yaml").fate("created") == 1)
        #expect(try run(emulators[1], "products.yaml").fate("created") == 1)
        #expect(try run(emulators[0], "products.yaml").fate("created") == 1)
        #expect(try run(emulators[0], "suppliers.yaml").fate("unchanged") == 1)
        for emulator in emulators {
            let supplier = try #require(try await emulator.records("suppliers").first)
            let products = try await emulator.records("products")
            #expect(products.map { $0["supplier_id"]?.scalarText } == [supplier["id"]?.scalarText])
        }
        // An emulator that was reset is another account.
        try await emulators[0].post("reset", [:])
        #expect(try run(emulators[0], "products.yaml").fate("parked") == 1)
        #expect(try await emulators[0].writes() == 0)
    }

    @Test func `the same account under another address is asked about`() async throws {
        let folder = try Folder()
        try folder.customers(Self.rows)
        func emulator() throws -> Emulator {
            try Emulator(in: folder, ["--limit", "100000", "--search-lag", "0.1", "--data", "salesdock.data"])
        }
        func run(_ emulator: Emulator, _ arguments: String...) throws -> Binary.Result {
            let all = ["run", "customers.yaml", "--format", "json", "--quiet"] + Project.quick + arguments
            return try Binary.run(all, environment: emulator.environment, in: folder)
        }
        var first: Emulator? = try emulator()
        let before = try run(try #require(first))
        try #require(before.status == 0, "\(before.errors)")
        first = nil

        let moved = try emulator()
        for arguments in [[], ["--allow", "create=1"]] {
            let refused = try Binary.run(
                ["run", "customers.yaml", "--format", "json", "--quiet"] + Project.quick + arguments,
                environment: moved.environment, in: folder)
            #expect(refused.status == 4, "\(refused.errors)")
            for part in ["has written to demo at 127.0.0.1:", "--rebuild", "--allow create=2"] {
                #expect(refused.errors.contains(part), "\(refused.errors)")
            }
        }
        #expect(try await moved.writes() == 0)
        let rebuilt = try run(moved, "--rebuild", "--allow", "create=2")
        #expect(rebuilt.status == 0, "\(rebuilt.errors)")
        #expect(try rebuilt.outcome().fate("unchanged") == 2)
        #expect(try run(moved).outcome().fate("unchanged") == 2)
        #expect(try await moved.writes() == 0)
        #expect(try await moved.records("relations").count == 2)
    }
}

extension Project {
    /// Still shorter waits than `fast`, where no answer is lost.
    static let quick = ["--set", "salesdock.timeout=5s", "--set", "salesdock.settle=200ms"]

    /// `run`, with short waits and JSON.
    func quickly(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Binary.Result {
        try dockhand(["run", "--format", "json", "--quiet"] + Self.quick + arguments, environment)
    }

    /// The same, under way.
    func startQuickly(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Running {
        try Running(
            Binary.process(
                ["run", "--format", "json", "--quiet"] + Self.quick + arguments,
                environment: emulator.environment.merging(environment) { $1 }, in: folder), in: folder)
    }

    private static let suffixes = ["", "-wal", "-shm"]

    /// The ledger's files as they are now, by what their names end with.
    func ledgerFiles(_ path: String = ".dockhand/ledger.sqlite") throws -> [String: Data] {
        var files: [String: Data] = [:]
        for suffix in ["", "-wal"] {
            files[suffix] = FileManager.default.contents(atPath: "\(folder.path)/\(path)\(suffix)")
        }
        try #require(files[""] != nil)
        return files
    }

    /// Puts files in the ledger's place; nothing else is left of it.
    func putLedger(_ files: [String: Data], _ path: String = ".dockhand/ledger.sqlite") throws {
        for suffix in Self.suffixes {
            let file = URL(fileURLWithPath: "\(folder.path)/\(path)\(suffix)")
            try? FileManager.default.removeItem(at: file)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try files[suffix]?.write(to: file)
        }
    }
}
