import ExactJSON
import Pipelines
import Records

extension Draft {
    /// What the record says, for telling a repeated row from a conflicting one of the same key.
    ///
    /// - Parameter folder: of the source file, where the files are that the record names.
    func contentHash(seed: Hash128, folder: String) -> UInt64 {
        var hash = KeyedHash(seed: seed)
        for field in fields {
            hash.update(field: Array(field.target.utf8).span)
            switch field.value {
            case .json(let value): hash.update(field: value.canonical.bytes.span)
            case .reference(let pipeline, let key): hash.update(field: Array("ref \(pipeline) \(key)".utf8).span)
            case .lookup(let spec, let value):
                hash.update(field: Array("lookup \(spec.kind) \(spec.by) \(value)".utf8).span)
            case .file(_, let path): hash.update(field: Array("file \(folder) \(path)".utf8).span)
            }
        }
        return hash.finish().low
    }
}
