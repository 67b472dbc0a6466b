import Foundation
import Pipelines
import Runs

/// The pipeline files that are meant, the project they belong to, and what was said over them.
struct Workspace {
    /// Pipeline files, as the user named them, each once.
    let files: [String]
    let environment: [String: String]
    let arguments: PipelineArguments

    /// - Throws: `RunError` for paths that are not there and folders without pipelines.
    init(_ arguments: PipelineArguments) throws {
        self.arguments = arguments
        environment = try EnvironmentFile.environment(arguments.envFile)
        let paths = arguments.pipelines.isEmpty ? ["."] : arguments.pipelines
        var seen: Set<String> = []
        files = try paths.flatMap(Self.pipelineFiles).filter { seen.insert(FilePath.absolute($0)).inserted }
    }

    /// The files of the folders that the pipelines are in, which are not meant themselves.
    var siblings: [String] {
        let mine = Set(files.map(FilePath.absolute))
        let folders = Set(files.map(FilePath.folder)).sorted()
        return folders.flatMap { (try? Self.pipelineFiles($0)) ?? [] }.filter { !mine.contains(FilePath.absolute($0)) }
    }

    /// The `dockhand.yaml` of each file, without repetition; empty where there is none.
    var projectFiles: [String] {
        var seen: Set<String> = []
        return files.map { Self.projectFile(above: FilePath.folder($0)) ?? "" }
            .filter { seen.insert(FilePath.absolute($0)).inserted }
    }

    /// The one project that all files belong to; `nil` without a `dockhand.yaml`.
    ///
    /// - Throws: `RunError` when they belong to several: each has its own account and ledger.
    func projectFile() throws -> String? {
        let projects = projectFiles
        if projects.count > 1 {
            let names = projects.map { $0.isEmpty ? "none" : $0 }.joined(separator: ", ")
            throw RunError(.usage, "these pipelines belong to several projects (\(names)); run each by itself")
        }
        return projects.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A file itself, or the pipelines of a folder.
    private static func pipelineFiles(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw RunError(.usage, "\(path): there is no such file or folder")
        }
        if !isFolder.boolValue { return [path] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { name in
            (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) && !name.hasPrefix(".") && name != "dockhand.yaml"
        }
        if names.isEmpty { throw RunError(.usage, "\(path): there is no pipeline (*.yaml) in this folder") }
        return names.map { FilePath.join(path, $0) }
    }

    /// The `dockhand.yaml` of a folder, or of the nearest one above that has one.
    static func projectFile(above folder: String) -> String? {
        let beside = FilePath.join(folder, "dockhand.yaml")
        if FileManager.default.fileExists(atPath: beside) { return beside }
        var above = FilePath.absolute(folder)
        while above != "/" {
            above = FilePath.folder(above)
            let path = FilePath.join(above, "dockhand.yaml")
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        return nil
    }
}

/// Paths as texts.
enum FilePath {
    /// The folder of a file; `.` for a bare name.
    static func folder(_ path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    /// A name in a folder, without a `./` in front.
    static func join(_ folder: String, _ name: String) -> String {
        if name.hasPrefix("/") || folder == "." { return name }
        return folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// From the root, with links in the folder's path followed, so that one file has one name.
    static func absolute(_ path: String) -> String {
        if path.isEmpty { return "" }
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let folder = url.deletingLastPathComponent().resolvingSymlinksInPath().path
        return url.path == "/" ? "/" : join(folder, url.lastPathComponent)
    }
}
