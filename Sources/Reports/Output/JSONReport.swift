public import ExactJSON
import Records

/// A report for programs. Its form is `docs/report.schema.json`: members are added, never renamed.
public struct JSONReport {
    /// Raised when a member changes its meaning.
    public static let version = 1

    private let report: ValidationReport
    private let texts: IssueTexts

    /// The object of a report; made when it is asked for.
    public init(_ report: ValidationReport) {
        self.report = report
        texts = IssueTexts(report.settings.language)
    }

    /// The document.
    public var json: JSONValue {
        let settings = report.settings
        return .object(
            JSONObject([
                ("report", report.run == nil ? "validation" : "run"), ("version", int(Self.version)),
                ("pipeline", .string(settings.pipeline)),
                ("made_at", .string(Quantity.moment(unixSeconds: report.unixSeconds))),
                ("language", .string(settings.language.rawValue)), ("masked", .bool(settings.masks)),
                ("verdict", .string(ReportTexts.of(settings.language).verdict(report))),
                ("read", int(report.balance.read)),
                (
                    "fates",
                    .object(JSONObject(Fate.allCases.map { ($0.rawValue, int(report.balance[$0])) }))
                ),
                ("messages", .array(report.messages.map { .string(VisibleText.visible($0)) })),
                ("files", files), ("samples_max", int(ReportCollector.samplesMax)),
                ("problems", .array(report.problems.map(problem))), ("fields", .array(report.fields.map(field))),
                ("duplicates", duplicates), ("source", source), ("load", load),
                ("run", report.run?.json ?? .null),
            ]))
    }

    private func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    private func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }

    private var files: JSONValue {
        [
            "rejects": text(report.rejectsFile), "problems": text(report.problemsFile),
            "problems_listed": int(report.problemsListed),
        ]
    }

    private func problem(_ group: ProblemGroup) -> JSONValue {
        let entry = texts.text(group.code)
        return [
            "code": .string(group.code), "severity": .string(group.severity.rawValue), "field": text(group.field),
            "column": text(group.column), "title": .string(entry?.title ?? group.message),
            "remedy": text(entry?.remedy), "count": int(group.count),
            "share": share(group.count, of: report.balance.read),
            "samples": .array(group.samples.map { sample($0, group, entry) }),
        ]
    }

    private func sample(_ sample: ProblemSample, _ group: ProblemGroup, _ entry: IssueTexts.Entry?) -> JSONValue {
        [
            "file": int(sample.file), "row": int(sample.row), "line": int(sample.line), "key": text(sample.key),
            "value": text(sample.value), "value_length": int(sample.valueLength),
            "message": .string(entry?.message(sample.arguments) ?? group.message),
            "before": text(sample.context?.before), "after": text(sample.context?.after),
        ]
    }

    private func field(_ field: FieldProfile) -> JSONValue {
        func extreme(_ extreme: FieldProfile.Extreme?) -> JSONValue {
            extreme.map { ["length": int($0.length), "text": .string($0.text)] } ?? .null
        }
        let histogram: JSONValue =
            field.histogram.map { histogram in
                [
                    "kind": .string(histogram.kind.rawValue), "others": int(histogram.others),
                    "bars": .array(
                        histogram.bars.map { ["from": text($0.from), "to": text($0.to), "count": int($0.count)] }),
                ]
            } ?? .null
        return [
            "name": .string(field.name), "filled": int(field.filled), "distinct": int(field.distinct),
            "exact": .bool(field.hasExactCounts), "shortest": extreme(field.shortest),
            "longest": extreme(field.longest),
            "frequent": .array(field.frequent.map { ["text": .string($0.text), "count": int($0.count)] }),
            "histogram": histogram,
        ]
    }

    private var duplicates: JSONValue {
        let groups = report.duplicates.groups.map { group -> JSONValue in
            [
                "survivor": group.survivor.map(int) ?? .null, "key": text(group.key), "count": int(group.count),
                "rows": .array(group.rows.map { ["row": int($0.row), "line": int($0.line)] }),
            ]
        }
        return ["rows": int(report.duplicates.rows), "groups": .array(groups), "others": int(report.duplicates.others)]
    }

    private var source: JSONValue {
        let source = report.source
        let files = source.files.map { file -> JSONValue in
            [
                "name": .string(file.name), "bytes": file.bytes.map(int) ?? .null, "gzip": .bool(file.isGzip),
                "encoding": .string(file.encoding), "byte_order_mark": .bool(file.hasByteOrderMark),
                "line_ends": [
                    "lf": int(file.lineEnds.lf), "crlf": int(file.lineEnds.crlf), "cr": int(file.lineEnds.cr),
                ],
            ]
        }
        return [
            "format": .string(source.format.rawValue), "delimiter": text(source.delimiter), "quote": text(source.quote),
            "header": source.hasHeader.map(JSONValue.bool) ?? .null,
            "columns": .array(source.columns.map(JSONValue.string)), "files": .array(files),
        ]
    }

    private var load: JSONValue {
        guard let price = report.price else { return .null }
        return [
            "writes": int(price.writes), "look_ups_max": int(price.lookUpsMax), "limit": int(price.limit),
            "window_s": int(price.windowSeconds), "seconds_min": int(price.seconds(price.writes)),
            "seconds_max": int(price.seconds(price.writes + price.lookUpsMax)),
        ]
    }

    /// A part of a whole, from 0 to 1, with six decimals.
    private func share(_ part: Int, of whole: Int) -> JSONValue {
        let millionths = whole > 0 ? Int((Double(part) * 1e6 / Double(whole)).rounded()) : 0
        let digits = String(millionths % 1_000_000)
        let text = "\(millionths / 1_000_000).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
        return JSONNumber(text).map(JSONValue.number) ?? 0
    }
}
