import ArgumentParser
import ExactJSON
import Foundation
import Pipelines
import Reports
import Runs
import Salesdock

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", _superCommandName: "dockhand",
        abstract: "Looks whether a run would work: token, rights, limit, clock, disks, ledger.",
        discussion: """
            Each failure comes with what to do about it. Of named pipelines it also looks whether their sources, flows, \
            agreements, product questions and look-ups are there. It sends a few requests, which only read, within the \
            budget. Exits with 0 if there are at most warnings, otherwise with what a run would end with.
            """)

    @OptionGroup var arguments: PipelineArguments
    @Option(help: ArgumentHelp("The ledger, instead of the project's own.", valueName: "file"), completion: .file())
    var ledger: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let local = try LocalExamination(arguments, ledger: ledger)
        let findings = (local.findings + (await service(local))).sorted { $0.check.order < $1.check.order }
        switch output.format {
        case .json: try Output.data(.array(findings.map(\.json)))
        case .text: try Output.data(findings.map { $0.text(output.paint) }.joined(separator: "\n"))
        }
        throw Failure.Ended(code: Runs.ExitCode.strongest(findings.map(\.exit)))
    }

    private func service(_ local: LocalExamination) async -> [Finding] {
        guard let connection = local.connection else { return hidden(by: .project) }
        guard let state = local.state else { return hidden(by: .stateDirectory) }
        let source = Service.tokenSource(connection.token, local.projectFile)
        do {
            return try await Service.with(
                connection, projectFile: local.projectFile, environment: local.environment, state: state,
                time: SystemTime(), requestsMax: nil, policy: ServiceProbe.policy, logger: log.logger("salesdock")
            ) { service in
                let probe = ServiceProbe(service.client, recorder: service.recorder)
                return [Diagnosis.token(source, failure: nil, isOpen: Self.isOpen(source))]
                    + (try await probe.examine(local.needs))
            }
        } catch let error as SalesdockError where error.code == .token {
            return [Diagnosis.token(source, failure: error, isOpen: false)] + hidden(by: .token)
        } catch let error as SalesdockError where error.code == .configuration {
            return [.failed(.project, error)] + hidden(by: .project)
        } catch { return [.failed(.budget, error)] + hidden(by: .budget) }
    }

    private func hidden(by check: Finding.Check) -> [Finding] {
        Finding.Check.ofService.filter { $0.order > check.order }
            .map { .skipped($0, "hidden by \(check.rawValue)") }
    }

    /// Whether others than its owner may read the token's file.
    private static func isOpen(_ source: TokenSource) -> Bool {
        guard case .file(let path) = source,
            let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
        else { return false }
        return mode & 0o077 != 0
    }
}

extension Finding.Check {
    /// Where it stands in the report.
    fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    fileprivate static var ofService: [Self] { Array(allCases.drop { $0 != .token }.dropLast()) }
}

extension Finding {
    fileprivate var json: JSONValue {
        [
            "check": .string(check.rawValue), "state": .string(state.rawValue), "message": .string(message),
            "remedy": remedy.map(JSONValue.string) ?? .null,
        ]
    }

    fileprivate func text(_ paint: Paint) -> String {
        let colour: Paint.Colour =
            switch state {
            case .ok: .green
            case .warning: .yellow
            case .failed: .red
            case .skipped: .dim
            }
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let line = paint(padded(state.rawValue, 9), colour) + padded(check.rawValue, 19) + shown(message)
        return line + (remedy.map { "\n" + padded("", 9) + "→ " + shown($0) } ?? "")
    }
}
