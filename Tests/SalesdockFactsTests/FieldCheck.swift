import Foundation
import SalesdockFacts

/// A strict reading of the field tables, for tests alone.
struct FieldCheck {
    enum Problem: Hashable {
        case leftOut(String)
        case value(String)
        case form(String)
        case unknown(String)
    }

    let facts: ResourceFacts
    let isUpdate: Bool

    func problems(_ body: JSON) -> Set<Problem> {
        Set(missing(body) + unknown(body, at: "") + facts.fields.flatMap { wrong($0, in: body) })
    }

    func unknown(_ body: JSON, at prefix: String) -> [Problem] {
        guard case .object(let members) = body else { return [] }
        return members.flatMap { name, value -> [Problem] in
            let path = prefix + name
            guard let field = facts.field(path) else {
                let isExtra = prefix.isEmpty && facts.extraFieldPrefix.map(name.hasPrefix) ?? false
                return isExtra ? [] : [.unknown(path)]
            }
            if facts.openObjects.contains(path) { return [] }
            return field.kind == .list
                ? items(value).flatMap { unknown($0, at: path + "[].") } : unknown(value, at: path + ".")
        }
    }

    private func items(_ value: JSON) -> [JSON] {
        switch value {
        case .array(let items): items
        case .object(let members): Array(members.values)
        default: []
        }
    }

    private func missing(_ body: JSON) -> [Problem] {
        facts.fields.compactMap { field in
            if isUpdate, !facts.mandatoryOnUpdate.contains(field.name), !field.name.contains(".") { return nil }
            let isNeeded =
                switch field.presence {
                case .optional: false
                case .mandatory: true
                case .mandatoryIf(let condition): holds(condition, in: body)
                }
            return isNeeded && !(body.at(field.name)?.isFilled ?? false) ? .leftOut(field.name) : nil
        }
    }

    func holds(_ condition: Condition, in body: JSON) -> Bool {
        switch condition {
        case .field(let name, let values): body.at(name)?.scalar.map(values.contains) ?? false
        case .filled(let name): body.at(name)?.isFilled ?? false
        case .all(let conditions): conditions.allSatisfy { holds($0, in: body) }
        case .any(let conditions): conditions.contains { holds($0, in: body) }
        }
    }

    private func wrong(_ field: Field, in body: JSON) -> [Problem] {
        values(field.name.split(separator: ".").map(String.init)[...], in: body).flatMap { value -> [Problem] in
            guard value.isFilled else { return [] }
            if !field.values.isEmpty {
                let texts = field.kind == .list ? items(value).map(\.scalar) : [value.scalar]
                let accepted = field.kind == .flag ? field.values + ["true", "false"] : field.values
                if !texts.allSatisfy({ $0.map(accepted.contains) ?? false }) { return [.value(field.name)] }
            }
            return Self.fits(value, field.kind) ? [] : [.form(field.name)]
        }
    }

    private func values(_ path: ArraySlice<String>, in body: JSON) -> [JSON] {
        guard let first = path.first else { return [body] }
        if first.hasSuffix("[]") {
            return body[String(first.dropLast(2))].map(items)?.flatMap { values(path.dropFirst(), in: $0) } ?? []
        }
        return body[first].map { values(path.dropFirst(), in: $0) } ?? []
    }

    static func fits(_ value: JSON, _ kind: FieldKind) -> Bool {
        switch kind {
        case .text, .base64: value.scalar != nil
        case .integer: value.scalar.flatMap { Int($0) } != nil
        case .decimal: value.scalar.flatMap { Decimal(string: $0) } != nil
        case .flag: value.scalar.map(["0", "1", "true", "false"].contains) ?? false
        case .date(let form): value.scalar.map { fits($0, form) } ?? false
        case .object: if case .object = value { true } else { false }
        case .list:
            switch value {
            case .array, .object: true
            default: false
            }
        }
    }

    static func fits(_ text: String, _ form: DateForm) -> Bool {
        let pattern =
            switch form {
            case .dayMonthYear: #"^\d\d-\d\d-\d{4}$"#
            case .yearMonthDay: #"^\d{4}-\d\d-\d\d$"#
            case .timestamp: #"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"#
            }
        return text.range(of: pattern, options: .regularExpression) != nil
    }
}
