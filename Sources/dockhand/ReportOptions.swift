import ArgumentParser
import Reports

enum ReportLanguage: String, Choice {
    case en, nl

    var language: Language { self == .nl ? .dutch : .english }
}

/// The report that a verb writes for whoever must correct the source.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder for a report that people read and the rejects; without it only rejects are kept, in .dockhand/rejects.",
            valueName: "dir"),
        completion: .directory)
    var report: String?

    @Flag(help: "Mask every value of the source in the report; rejects stay in .dockhand/rejects.")
    var mask = false

    @Option(help: "Language of the report; the locale's without it.")
    var lang: ReportLanguage?

    func validate() throws {
        if report == nil, mask || lang != nil {
            throw ValidationError("--\(mask ? "mask" : "lang") is about the report; name its folder with --report.")
        }
    }

    /// A pipeline's own folder for its report; `nil` when none was asked for.
    ///
    /// - Parameter isOnly: whether there is no other pipeline, so that the folder itself is its own.
    func folder(of pipeline: String, isOnly: Bool) throws -> String? {
        try report.map { try StateFolder.make(isOnly ? $0 : FilePath.join($0, pipeline)) }
    }

    func language(_ environment: [String: String]) -> Language {
        lang?.language ?? Language(environment: environment)
    }
}
