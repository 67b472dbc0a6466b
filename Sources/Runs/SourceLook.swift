public import Formats
import Foundation

/// What a pipeline's files are, from a look at their beginnings.
public struct SourceLook: Sendable {
    /// One of the files.
    public struct File: Sendable {
        /// Without its folder.
        public let name: String
        /// On disk; `nil` for what is no regular file.
        public let bytes: Int?
        /// `nil` when it can't be read, which reading it will say.
        public let facts: ContentFacts?
    }

    /// As the pipeline file declares it.
    public let format: SourceFormat
    /// In the order they are read.
    public let files: [File]

    init(_ source: SourceOpening) {
        let format = source.definition.format
        self.format = format
        files = zip(source.definition.paths, source.names).map { path, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let isRegular = attributes?[.type] as? FileAttributeType == .typeRegular
            return File(
                name: name, bytes: isRegular ? attributes?[.size] as? Int : nil,
                facts: try? ContentFacts(path: path, format: format))
        }
    }
}
