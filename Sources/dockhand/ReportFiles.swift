import ExactJSON
import Formats
import Foundation
import Reports

/// The files of one report, in its folder.
struct ReportFiles {
    /// One pipeline's own; exists.
    let folder: String

    func path(_ name: String) -> String { FilePath.join(folder, name) }

    /// Takes away what an earlier report left in the folder and this one lacks: rows that are corrected by now, or values
    /// that are masked today.
    func removeOld(except made: [String?]) {
        let rejects = ["csv", "ndjson", "xml"].map { "rejects.\($0)" }
        for old in (["problems.csv", "accepted.ndjson", "written.ndjson"] + rejects).map(path) where !made.contains(old)
        {
            try? FileManager.default.removeItem(atPath: old)
        }
    }

    /// Writes the report in each of its forms, and returns the path of the page that people read.
    func write(_ report: ValidationReport) throws -> String {
        try put(JSONReport(report).json.bytes + [0x0A], "report.json")
        try put(JUnitReport(report).bytes, "report.junit.xml")
        return try put(HTMLReport(report).bytes, "report.html")
    }

    /// Writes a file for its owner only, whole or not at all.
    @discardableResult
    private func put(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = path(name)
        var file = try OutputFile(path: path)
        try file.write(bytes)
        _ = try file.finish(rows: 0)
        return path
    }
}
