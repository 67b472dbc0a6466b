import Formats
import Foundation
public import Pipelines
import SalesdockFacts

/// What pipelines count on being there: in the account, and on disk.
public struct PipelineNeeds: Sendable, Hashable {
    /// A name in a pipeline file, and where it stands.
    struct Need: Sendable, Hashable {
        let name: String
        /// `customers.yaml:12:5`.
        let place: String
    }

    /// A look-up, with the values that the pipeline file itself names; others are in the source.
    struct Lookup: Sendable, Hashable {
        let spec: LookupSpec
        let values: [Need]
    }

    /// `{flow type}/{flow identifier}`.
    private(set) var flows: [Need] = []
    private(set) var agreements: [Need] = []
    private(set) var productQuestions: [Need] = []
    private(set) var lookups: [Lookup] = []

    /// Collects them from the pipelines that write into Salesdock; reads no file.
    public init(_ pipelines: [PipelineDefinition]) {
        for pipeline in pipelines { add(pipeline) }
    }

    private mutating func add(_ pipeline: PipelineDefinition) {
        guard case .salesdock(let sink) = pipeline.sink else { return }
        if let flow = sink.flow {
            flows.append(Need(name: flow, place: place(pipeline, "sink.salesdock.offers.flow")))
        }
        for (index, stage) in pipeline.transforms.enumerated() {
            guard case .map(let entries) = stage else { continue }
            for entry in entries { add(entry, pipeline, "transforms[\(index)].map.\(entry.target)", sink) }
        }
    }

    private mutating func add(_ entry: MapEntry, _ pipeline: PipelineDefinition, _ path: String, _ sink: SalesdockSink)
    {
        func need(_ name: String) -> Need { Need(name: name, place: place(pipeline, path)) }
        if sink.kind == .offers {
            if let name = Self.member(of: "agreements", entry.target) { agreements.append(need(name)) }
            if let name = Self.member(of: "questionData", entry.target) { productQuestions.append(need(name)) }
        }
        guard let spec = entry.lookup else { return }
        var values: [String] = (entry.values ?? []).map(\.to) + [entry.otherwise, entry.fallback].compactMap(\.self)
        if case .const(let value) = entry.origin, entry.values == nil { values.append(value) }
        lookups.append(Lookup(spec: spec, values: values.map(need)))
    }

    /// `betaalwijze` of `questionData.betaalwijze`.
    private static func member(of object: String, _ target: String) -> String? {
        guard target.hasPrefix(object + ".") else { return nil }
        let name = target.dropFirst(object.count + 1)
        return name.isEmpty ? nil : String(name.hasSuffix("[]") ? name.dropLast(2) : name)
    }

    /// The nearest place at or above a path that the file has.
    private func place(_ pipeline: PipelineDefinition, _ path: String) -> String {
        var path = path[...]
        while pipeline.marks[String(path)] == nil, let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) {
            path = path[..<end]
        }
        return pipeline.file + (pipeline.marks[String(path)].map { ":\($0.line):\($0.column)" } ?? "")
    }
}

extension PipelineNeeds {
    /// What of a pipeline's source files can't be read; `nil` when all is there. Reads nothing of them.
    public static func unreadableSource(_ pipeline: PipelineDefinition) -> RunError? {
        if case .salesdock = pipeline.source { return nil }
        do {
            let paths = try SourceOpening(pipeline, fields: nil, spool: nil).definition.paths
            for path in paths where path != "-" {
                var isFolder: ObjCBool = false
                guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                    return RunError(.inputUnreadable, "\(pipeline.name): \(path) is not there")
                }
                if isFolder.boolValue { return RunError(.inputUnreadable, "\(pipeline.name): \(path) is a folder") }
                guard FileManager.default.isReadableFile(atPath: path) else {
                    return RunError(.inputUnreadable, "\(pipeline.name): \(path) may not be read by this user")
                }
            }
            return nil
        } catch {
            let error = RunError(error)
            return RunError(error.exit, "\(pipeline.name): \(error.description)")
        }
    }
}
