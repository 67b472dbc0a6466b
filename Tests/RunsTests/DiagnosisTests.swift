import ExactJSON
import Ledgers
import Pipelines
import Salesdock
import SalesdockFacts
import Testing

@testable import Runs

/// What `doctor` makes of what it saw, without a disk that is full or a Salesdock that refuses.
@Suite struct DiagnosisTests {
    // MARK: Disks and the ledger

    @Test func `a disk that refuses, crawls, is remote or full is told apart`() {
        func finding(_ change: (inout DiskTrial) -> Void = { _ in }) -> Finding {
            var trial = DiskTrial(folder: "/data", syncDuration: .milliseconds(4), freeBytes: 50 << 30)
            change(&trial)
            return Diagnosis.disk(.ledgerDisk, trial, what: "the ledger")
        }
        #expect(finding() == .ok(.ledgerDisk, "/data: written, synced in 4 ms, renamed and removed, 50 GiB free"))
        let refused = finding { $0.failure = "a file in /data can't be synced: Input/output error" }
        #expect(refused.state == .failed && refused.exit == .disk)
        #expect(refused.remedy?.contains("/data") == true)
        #expect(finding { $0.syncDuration = .milliseconds(201) }.state == .warning)
        #expect(finding { $0.syncDuration = .milliseconds(200) }.state == .ok)
        #expect(finding { $0.isRemote = true }.remedy?.contains("a disk of this machine") == true)
        #expect(finding { $0.freeBytes = 100 << 20 }.state == .warning)
    }

    @Test func `a mount table says whose disk a folder is on`() {
        let mounts = """
            /dev/sda1 / ext4 rw 0 0
            server:/export /mnt/share nfs4 rw 0 0
            //nas/two\\040words /mnt/two\\040words cifs rw 0 0
            /dev/sdb1 /mnt/share/local xfs rw 0 0
            """
        #expect(!MountTable.isRemote("/home/a", mounts: mounts))
        #expect(MountTable.isRemote("/mnt/share/project", mounts: mounts))
        #expect(!MountTable.isRemote("/mnt/shared", mounts: mounts))
        #expect(!MountTable.isRemote("/mnt/share/local/project", mounts: mounts))
        #expect(MountTable.isRemote("/mnt/two words/x", mounts: mounts))
    }

    @Test func `a ledger is compared with what is remembered of it`() {
        func states(
            _ identity: LedgerIdentity?, known: LedgerIdentity? = nil, mode: Int? = 0o600, holder: String? = nil,
            behind: LedgerError? = nil
        ) -> [Finding.State] {
            Diagnosis.ledger(
                path: "l.sqlite", identity: identity, mode: mode, holder: holder, known: known, behind: behind
            ).map(\.state)
        }
        let now = LedgerIdentity(id: "a", runs: 5)
        let behind = LedgerError(.behind, "it is an older copy")
        #expect(states(nil, mode: nil) == [.ok, .ok, .ok])
        #expect(states(LedgerIdentity(id: "a", runs: 0)) == [.ok, .ok, .ok])
        #expect(states(now, known: now) == [.ok, .ok, .ok])
        #expect(states(now) == [.ok, .ok, .warning])
        #expect(states(now, behind: behind) == [.ok, .ok, .failed])
        #expect(states(now, known: now, mode: 0o640) == [.warning, .ok, .ok])
        #expect(states(now, known: now, holder: "process 7 (run offers)") == [.ok, .warning, .ok])
        let lost = Diagnosis.ledger(path: "l", identity: nil, mode: nil, holder: nil, known: nil, behind: behind)
        #expect(ExitCode.strongest(lost.map(\.exit)) == .guarded)
    }

    // MARK: Token and budget

    @Test func `a token is named by its source and never shown`() {
        #expect(Diagnosis.token(.file(path: "t.txt"), failure: nil, isOpen: true).state == .warning)
        #expect(
            Diagnosis.token(.file(path: "t.txt"), failure: nil, isOpen: false).message == "read from the file t.txt")
        let failure = SalesdockError(.token, "The environment variable T is not set.", remedy: "Set it.")
        let finding = Diagnosis.token(.environment(name: "T"), failure: failure, isOpen: false)
        #expect(finding.state == .failed && finding.exit == .configuration)
        #expect(finding.remedy?.hasPrefix("Set it. ") == true && finding.remedy?.contains("press Save") == true)
    }

    @Test func `only a long pause is a failure, and a later run helps`() {
        func budget(_ wait: Duration?, isBlocked: Bool = false) -> Finding {
            Diagnosis.budget(BudgetReading(limit: 150, active: 12, wait: wait, isBlocked: isBlocked))
        }
        #expect(budget(nil) == .ok(.budget, "12 of 150 requests a minute are in use by this machine"))
        #expect(budget(.seconds(15)).state == .ok)
        #expect(budget(.seconds(16)).exit == .tryLater)
        #expect(budget(.milliseconds(40_200), isBlocked: true).message.contains("for 41 s, since Salesdock asked"))
    }

    // MARK: Salesdock

    private static let problem = APIProblem(status: 403, message: "no")

    private func reading(
        _ verdict: Verdict, other: Verdict? = nil, scope: Scope = .account, limit: Int? = nil,
        headers: HTTPFields = ["X-RateLimit-Limit": "150", "X-RateLimit-Remaining": "148"], active: Int = 2
    ) throws -> ServiceReading {
        let now = WallTime(unixSeconds: 1_790_000_000)
        let trace = AnswerRecorder.Trace(
            status: 200, headers: headers, sent: now, arrived: now, duration: .milliseconds(12))
        var reading = ServiceReading(
            connection: try Connection(domain: "demo", scope: scope, limit: limit),
            first: .init(scope: scope, verdict: verdict, trace: trace))
        reading.other = other.map { .init(scope: scope.other, verdict: $0, trace: trace) }
        reading.budget = BudgetReading(limit: 150, active: active, wait: nil, isBlocked: false)
        return reading
    }

    private func find(_ check: Finding.Check, _ reading: ServiceReading, _ needs: PipelineNeeds = PipelineNeeds([]))
        throws -> Finding
    {
        try #require(Diagnosis.service(reading, needs).first { $0.check == check })
    }

    private static let applied = Verdict.applied(data: [], id: nil)
    private static let forbidden = Verdict.forbidden(.permission, problem)

    @Test(arguments: [
        (Verdict.notSent(reason: "the connection was refused"), Finding.Check.address, ExitCode.unreachable),
        (.unknown(UnknownOutcome("HTTP 503", status: 503)), .address, .unreachable),
        (.stop(.redirect(status: 302, location: "login.example")), .address, .configuration),
        (.stop(.notFound(problem)), .address, .configuration),
        (.stop(.unauthenticated(problem)), .tokenAccepted, .noPermission),
        (.stop(.forbidden(.internalToken, problem)), .internalUse, .noPermission),
        (.stop(.forbidden(.tokenAddress, problem)), .ipAddress, .noPermission),
        (.stop(.forbidden(.accountAddress, problem)), .ipAddress, .noPermission),
        (.stop(.blocked(problem)), .ipAddress, .noPermission),
        (.throttled(retryAfter: .seconds(40)), .rateLimit, .tryLater),
    ])
    func `each refusal is one failure with its own remedy`(verdict: Verdict, check: Finding.Check, exit: ExitCode)
        throws
    {
        let findings = Diagnosis.service(try reading(verdict), PipelineNeeds([]))
        let failed = findings.filter { $0.state == .failed }
        #expect(failed.map(\.check) == [check])
        #expect(failed.map(\.exit) == [exit])
        #expect(failed.allSatisfy { $0.remedy != nil })
        let order: [Finding.Check] = [.address, .tokenAccepted, .internalUse, .ipAddress, .scope]
        if let place = order.firstIndex(of: check) {
            let after = order[(place + 1)...]
            #expect(findings.filter { after.contains($0.check) }.allSatisfy { $0.state == .skipped })
        }
    }

    @Test func `remedies of a 403 are those of the guide`() throws {
        for cause in Forbidden.allCases where cause != .permission {
            let findings = Diagnosis.service(try reading(.stop(.forbidden(cause, Self.problem))), PipelineNeeds([]))
            #expect(findings.contains { $0.remedy == cause.remedy })
        }
    }

    @Test func `the scope is told from what both paths allow`() throws {
        let admin = try find(.scope, reading(Self.applied))
        #expect(admin.state == .ok && admin.message.contains("Admin"))
        let agent = try find(.scope, reading(Self.forbidden, other: Self.applied))
        #expect(agent.exit == .noPermission && agent.remedy?.contains("scope: user") == true)
        let neither = try find(.scope, reading(Self.forbidden, other: Self.forbidden))
        #expect(neither.exit == .noPermission && neither.remedy?.contains("domain") == true)
        #expect(try find(.scope, reading(Self.applied, other: Self.forbidden, scope: .user)).message.contains("Agent"))
        #expect(try find(.scope, reading(Self.applied, other: Self.applied, scope: .user)).message.contains("Admin"))
    }

    @Test func `the stated limit is compared with the configured one and with our own count`() throws {
        #expect(
            try find(.rateLimit, reading(Self.applied)).message
                == "Salesdock allows 150 requests a minute, 148 left now")
        #expect(try find(.rateLimit, reading(Self.applied, limit: 100)).state == .ok)
        let more = try find(.rateLimit, reading(Self.applied, limit: 200))
        #expect(more.state == .warning && more.remedy?.contains("limit: 150") == true)
        let others = try find(
            .rateLimit, reading(Self.applied, headers: ["X-RateLimit-Limit": "150", "X-RateLimit-Remaining": "100"]))
        #expect(others.state == .warning && others.message.contains("48 of them were used by others"))
        #expect(try find(.rateLimit, reading(Self.applied, headers: [:])).state == .warning)
    }

    @Test(arguments: [
        (0, Finding.State.ok, ""), (5, .ok, ""), (7, .warning, "behind"), (-7, .warning, "ahead of"), (-5, .ok, ""),
        (-3 * 3600, .warning, "3 h ahead"), (13 * 3600, .failed, "wrong days"),
    ])
    func `a clock that is off is told with its direction`(serverAhead: Int, state: Finding.State, word: String) throws {
        // Sun, 06 Nov 1994 08:49:37 GMT
        let server = WallTime(unixSeconds: 784_111_777)
        let local = server + .seconds(-serverAhead)
        let trace = AnswerRecorder.Trace(
            status: 200, headers: ["Date": "Sun, 06 Nov 1994 08:49:37 GMT"], sent: local,
            arrived: local + .milliseconds(300),
            duration: .milliseconds(300))
        let finding = Diagnosis.clock(trace)
        #expect(finding.state == state, "\(finding.message)")
        #expect(word.isEmpty || finding.message.contains(word), "\(finding.message)")
    }

    // MARK: What pipelines name

    @Test func `names of the account are found in the pipelines, each at its place`() throws {
        let text = """
            pipeline: offers
            key: nr
            source: { ndjson: { path: a.ndjson } }
            transforms:
              - map:
                  relation_id: { from: klant, ref: customers }
                  agreements.optin: { const: "1" }
                  questionData.betaalwijze: bw
                  supplier_id: { from: s, values: { A: nws, B: ois }, lookup: suppliers, by: identifier }
            sink:
              salesdock.offers: { flow: default/kozijnen }

            """
        let definition = try #require(PipelineDecoder.decode(text: text, file: "o.yaml", environment: [:]).0)
        let needs = PipelineNeeds([definition])
        #expect(needs.flows == [.init(name: "default/kozijnen", place: "o.yaml:11:29")])
        #expect(needs.agreements.map(\.name) == ["optin"])
        #expect(needs.productQuestions.map(\.name) == ["betaalwijze"])
        #expect(needs.lookups.first?.values.map(\.name) == ["nws", "ois"])
        var reading = try reading(Self.applied)
        reading.flows = .success(["default/default"])
        reading.agreements = .success(["optin", "privacy"])
        reading.productQuestions = .failure(SalesdockError(.forbidden, "not allowed", remedy: "click"))
        reading.lookups = [LookupSpec(kind: .suppliers, by: "identifier"): .success(["nws"])]
        let flows = try find(.flows, reading, needs)
        #expect(flows.exit == .configuration)
        #expect(flows.message == "o.yaml:11:29: there is no flow 'default/kozijnen'; the account has default/default")
        #expect(try find(.agreements, reading, needs).state == .ok)
        #expect(try find(.productQuestions, reading, needs).exit == .noPermission)
        #expect(try find(.lookups, reading, needs).message.contains("there is no supplier by identifier 'ois'"))
    }
}
