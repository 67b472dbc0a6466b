import Foundation
import Pipelines
import Testing

/// The pipelines that come with the project.
@Suite struct DecodingPipelinesTests {
    private static var folder: URL {
        URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "pipelines")
    }

    private static func files() throws -> [URL] {
        let all = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return all.compactMap { $0 as? URL }.filter { ["yaml", "yml"].contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
    }

    @Test func `Every pipeline file decodes and lints without a word`() throws {
        let files = try Self.files().filter { $0.lastPathComponent != "dockhand.yaml" }
        #expect(files.count >= 8)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            let (definition, diagnostics) = PipelineDecoder.check(
                text: text, file: file.lastPathComponent, environment: [:], scope: .account)
            #expect(definition != nil)
            #expect(diagnostics.isEmpty, "\(diagnostics)")
        }
    }

    @Test func `The pipelines of every folder can be put in order`() throws {
        let files = try Self.files().filter { $0.lastPathComponent != "dockhand.yaml" }
        for (folder, files) in Dictionary(grouping: files, by: { $0.deletingLastPathComponent() }) {
            let pipelines = try files.compactMap { file in
                PipelineDecoder.decode(
                    text: try String(contentsOf: file, encoding: .utf8), file: file.path, environment: [:]
                ).0
            }
            let order = try PipelineOrder.sorted(pipelines).map(\.name)
            #expect(order.count == files.count, "\(folder.lastPathComponent)")
            if folder.lastPathComponent == "legacy-crm" {
                #expect(order.firstIndex(of: "suppliers") ?? 9 < order.firstIndex(of: "products") ?? 0)
                #expect(order.last == "offers")
            }
        }
    }

    @Test func `Every project file decodes`() throws {
        let files = try Self.files().filter { $0.lastPathComponent == "dockhand.yaml" }
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            let (project, diagnostics) = ProjectDecoder.decode(text: text, environment: [:])
            #expect(project != nil)
            #expect(diagnostics.isEmpty, "\(diagnostics)")
        }
    }
}
