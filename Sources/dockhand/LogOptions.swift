import ArgumentParser
import ExactJSON
import Foundation
import Logging

enum LogFormat: String, Choice {
    case text, json
}

enum LogLevel: String, Choice {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .warning }
}

/// The log on standard error.
struct LogOptions: ParsableArguments {
    @Option(help: "Form of log lines on standard error.")
    var logFormat: LogFormat = .text

    @Option(help: "Least severe log line that is written.")
    var logLevel: LogLevel = .warning

    func logger(_ label: String) -> Logger {
        Logger(label: label) { label in
            LineLogHandler(label: label, isJSON: logFormat == .json, logLevel: logLevel.level)
        }
    }
}

/// Writes log lines to standard error.
private struct LineLogHandler: LogHandler {
    let label: String
    let isJSON: Bool
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date().formatted(.iso8601)
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        if isJSON {
            let members: [(String, JSONValue)] = [
                ("time", .string(time)), ("level", .string(event.level.rawValue)), ("logger", .string(label)),
                ("message", .string(event.message.description)),
            ]
            let extra = all.map { ($0.key, JSONValue.string($0.value.description)) }
            Output.note(JSONValue.object(JSONObject(extra + members)).text)
        } else {
            let extra = all.map { " \($0.key)=\($0.value)" }.joined()
            Output.note("\(time) \(event.level.rawValue) \(label): \(event.message)\(extra)")
        }
    }
}
