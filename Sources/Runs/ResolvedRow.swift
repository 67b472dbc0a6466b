import ExactJSON
import Pipelines
import Records

/// A record with every value known: ids in the place of references, digests in the place of file contents.
struct ResolvedRow: Sendable {
    /// A file whose content belongs at a target.
    struct File: Sendable {
        let target: String
        let path: String
        let spec: FileSpec
    }

    let key: String
    /// What identifies the record's content: canonical, file contents as `{"sha256": …}`.
    let payload: JSONValue
    /// The tariffs of an energy product, sent in a second step; `nil` without any.
    let tariffs: JSONValue?
    let files: [File]
    let contents: FileContents
    /// Fields that match an existing record, in the sink's order; `nil` when one of them is empty.
    let matchValues: [String]?

    /// The payload with the files' contents in it. Read when it is sent, so that a run never holds more than it sends.
    func body() -> Result<JSONObject, Issue> {
        var body = payload.object ?? JSONObject()
        for file in files {
            switch contents.read(file.spec, path: file.path, target: file.target) {
            case .failure(let issue): return .failure(issue)
            case .success(let bytes):
                PayloadPaths.set(.string(file.spec.encode(bytes)), at: PayloadPaths.split(file.target), in: &body)
            }
        }
        return .success(body)
    }
}
