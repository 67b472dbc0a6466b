import Foundation
import Ledgers
import Pipelines
import Runs
import Salesdock

/// What `doctor` can tell without Salesdock: files, disks, the ledger, and what the pipelines count on.
struct LocalExamination {
    private(set) var findings: [Finding] = []
    let environment: [String: String]
    let projectFile: String?
    /// `nil` when the connection is not complete.
    private(set) var connection: ProjectDefinition?
    /// `nil` when the environment names no place.
    private(set) var state: StateFolder?
    private(set) var needs = PipelineNeeds([])

    /// - Throws: `RunError` for what is wrong with the command line itself.
    init(_ arguments: PipelineArguments, ledger: String?) throws {
        let workspace = arguments.pipelines.isEmpty ? nil : try arguments.workspace()
        environment = try EnvironmentFile.environment(arguments.envFile)
        projectFile = try workspace.map { try $0.projectFile() } ?? Workspace.projectFile(above: ".")
        let project = examineProject(arguments)
        let place = LedgerPlace(
            flag: ledger, folder: workspace?.files.first.map(FilePath.folder) ?? ".", projectFile: projectFile,
            project: project)
        examineState()
        let known = examineLedger(place)
        examinePipelines(workspace, project, known)
    }

    /// The project as far as it can be read.
    private mutating func examineProject(_ arguments: PipelineArguments) -> ProjectDefinition? {
        let name = projectFile ?? "dockhand.yaml"
        let overrides = arguments.overridePairs.filter { ProjectDecoder.owns(path: $0.path) }
        do {
            let text = try projectFile.map(Workspace.text)
            func decode(needsConnection: Bool) -> (ProjectDefinition?, [Diagnostic]) {
                ProjectDecoder.decode(
                    text: text, file: name, environment: environment, overrides: overrides,
                    needsConnection: needsConnection)
            }
            let (complete, diagnostics) = decode(needsConnection: true)
            connection = complete
            findings.append(Self.project(complete, diagnostics, origin: projectFile ?? "the environment"))
            return complete ?? decode(needsConnection: false).0
        } catch {
            findings.append(.failed(.project, error))
            return nil
        }
    }

    private static func project(_ project: ProjectDefinition?, _ diagnostics: [Diagnostic], origin: String) -> Finding {
        let said = diagnostics.map(\.description).joined(separator: "; ")
        guard let project else {
            return .failed(
                .project, .configuration, said,
                remedy: "Say where the account is in dockhand.yaml, or set SALESDOCK_DOMAIN and SALESDOCK_TOKEN.")
        }
        let message = "\(origin): account '\(project.domain)' at \(project.base), scope \(project.scope.rawValue)"
        return said.isEmpty
            ? .ok(.project, message)
            : .warning(.project, "\(message); \(said)", remedy: "Correct it, so that it does what it seems to do.")
    }

    private mutating func examineState() {
        do {
            let folder = try StateFolder(environment)
            state = folder
            findings.append(
                Diagnosis.disk(
                    .stateDirectory, Self.trial(folder.path), what: "the state directory (DOCKHAND_STATE_DIR)"))
        } catch { findings.append(.failed(.stateDirectory, error)) }
    }

    /// The ledger, and which pipelines it knows.
    private mutating func examineLedger(_ place: LedgerPlace) -> Set<String> {
        let disk = Self.trial(FilePath.folder(place.path))
        findings.append(Diagnosis.disk(.ledgerDisk, disk, what: "the ledger (--ledger)"))
        do {
            let ledger = place.exists ? try place.openExisting() : nil
            let identity = try ledger?.identity()
            let mode = (try? FileManager.default.attributesOfItem(atPath: place.path))?[.posixPermissions] as? Int
            let age = try age(of: identity, place)
            findings += Diagnosis.ledger(
                path: place.path, identity: identity, mode: mode, holder: try FileLock.holder(of: place.lockPath),
                known: age.known, behind: age.behind)
            return Set(try ledger?.targets().map(\.1.pipeline) ?? [])
        } catch {
            findings.append(.failed(.ledger, error))
            return []
        }
    }

    /// What the state directory says of a ledger's age; a missing one has seen nothing.
    private func age(of identity: LedgerIdentity?, _ place: LedgerPlace) throws
        -> (known: LedgerIdentity?, behind: LedgerError?)
    {
        guard let mirror = try? state.map(place.mirror) else { return (nil, nil) }
        do {
            let known = try mirror.read()
            try mirror.check(identity ?? LedgerIdentity(id: "", runs: 0), ledger: place.path)
            return (known, nil)
        } catch {
            if error.code == .behind { return (nil, error) }
            throw error
        }
    }

    private mutating func examinePipelines(_ workspace: Workspace?, _ project: ProjectDefinition?, _ known: Set<String>)
    {
        guard let workspace else {
            findings += [
                .skipped(.pipelines, "none was named; name them to check what they count on"),
                .skipped(.sources, "no pipeline was named"),
            ]
            return
        }
        do {
            let decoded = try workspace.decode(scope: project?.scope, known: known)
            let errors = decoded.diagnostics.filter { $0.severity == .error }
            if let first = errors.first {
                let more = errors.count > 1 ? ", and \(errors.count - 1) more" : ""
                findings.append(
                    .failed(
                        .pipelines, .configuration, first.description + more,
                        remedy: "dockhand check \(workspace.arguments.pipelines.joined(separator: " ")) names them all."
                    ))
                findings.append(.skipped(.sources, "hidden by pipelines"))
                return
            }
            let names = decoded.pipelines.map(\.name)
            findings.append(.ok(.pipelines, "no mistakes in \(names.joined(separator: ", "))"))
            findings.append(Self.sources(decoded.pipelines))
            needs = PipelineNeeds(decoded.pipelines)
        } catch { findings.append(.failed(.pipelines, error)) }
    }

    private static func sources(_ pipelines: [PipelineDefinition]) -> Finding {
        let missing = pipelines.compactMap(PipelineNeeds.unreadableSource)
        if missing.isEmpty { return .ok(.sources, "every source is there") }
        return .failed(
            .sources, ExitCode.strongest(missing.map(\.exit)), missing.map(\.description).joined(separator: "; "),
            remedy: "Put the files there, or correct the path; it is relative to the pipeline file.")
    }

    /// Tries a folder's disk; of a folder that is still to be made, that of the nearest one above it.
    private static func trial(_ folder: String) -> DiskTrial {
        var path = FilePath.absolute(folder)
        while path != "/", !FileManager.default.fileExists(atPath: path) { path = FilePath.folder(path) }
        var trial = DiskTrial.run(in: path)
        let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
        trial.isRemote = mounts.map { MountTable.isRemote(path, mounts: $0) } ?? false
        return trial
    }
}
