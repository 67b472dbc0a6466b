import Foundation
import Pipelines
import Records

/// Reads the files that records name, and nothing outside of the source file's folder: the data comes from somebody
/// else, and a path such as `../../etc/passwd` would otherwise send that file to Salesdock.
struct FileContents: Sendable {
    /// The folder of the source file.
    let folder: String

    /// The file's bytes, or what is wrong with the row that names it.
    func read(_ spec: FileSpec, path: String, target: String) -> Result<[UInt8], Issue> {
        do {
            let place = try resolve(path, target)
            _ = try Self.size(place)
            let handle: FileHandle
            do { handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: place)) } catch { throw Self.unreadable }
            defer { try? handle.close() }
            let data = try handle.read(upToCount: spec.bytesMax + 1) ?? Data()
            if data.count > spec.bytesMax {
                throw FileProblem(code: "file.too_large", "the file is larger than \(spec.bytesMax) bytes (option max)")
            }
            return .success(Array(data))
        } catch let problem as FileProblem {
            return .failure(Issue(code: problem.code, field: target, message: problem.message, value: path))
        } catch {
            return .failure(Issue(code: "file.missing", field: target, message: "the file can't be read", value: path))
        }
    }

    /// What is wrong with the first file of a record that can't be sent, without reading any.
    func check(_ draft: Draft) -> Issue? {
        for field in draft.fields {
            guard case .file(let spec, let path) = field.value else { continue }
            if let issue = check(spec, path: path, target: field.target) { return issue }
        }
        return nil
    }

    /// Whether the file is there and not too large, without reading it.
    func check(_ spec: FileSpec, path: String, target: String) -> Issue? {
        do {
            let place = try resolve(path, target)
            let size = try Self.size(place)
            guard FileManager.default.isReadableFile(atPath: place) else { throw Self.unreadable }
            if size > spec.bytesMax {
                throw FileProblem(code: "file.too_large", "the file is larger than \(spec.bytesMax) bytes (option max)")
            }
            return nil
        } catch {
            let problem = error as? FileProblem
            return Issue(
                code: problem?.code ?? "file.missing", field: target,
                message: problem?.message ?? "the file can't be read",
                value: path)
        }
    }

    private static let unreadable = FileProblem(
        code: "file.missing", "the file can't be read; put it beside the source or correct the path")

    /// Bytes of a regular file; a folder has none to send, and a pipe would be waited for.
    private static func size(_ place: String) throws -> Int {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: place), let size = facts[.size] as? Int,
            facts[.type] as? FileAttributeType == .typeRegular
        else { throw unreadable }
        return size
    }

    private struct FileProblem: Error {
        let code: String
        let message: String

        init(code: String, _ message: String) {
            self.code = code
            self.message = message
        }
    }

    private func resolve(_ path: String, _ target: String) throws -> String {
        let outside = FileProblem(
            code: "file.outside", "the path leaves the source file's folder; only files below it are sent")
        guard !path.hasPrefix("/"), !path.utf8.contains(0) else { throw outside }
        let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath().standardizedFileURL.path
        let place = URL(fileURLWithPath: root + "/" + path).resolvingSymlinksInPath().standardizedFileURL.path
        guard place.hasPrefix(root == "/" ? root : root + "/") else { throw outside }
        return place
    }
}

extension Issue: Error {}
