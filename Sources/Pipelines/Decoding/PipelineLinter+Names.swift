extension PipelineLinter {
    /// Names of fields that the stages read, against those that exist at that stage.
    func checkNames(into log: inout DiagnosticLog) {
        var visible = sourceFields
        for (index, transform) in definition.transforms.enumerated() {
            let path = "transforms[\(index)]"
            switch transform {
            case .map(let entries):
                for entry in entries { checkOrigin(of: entry, at: "\(path).map.\(entry.target)", visible, into: &log) }
                visible? += entries.map(\.target)
            case .filter(let expression): check(filter: expression, at: "\(path).filter", visible, into: &log)
            case .validate(let fields):
                for field in fields {
                    check(
                        field.field, "'validate'", visible, at: mark("\(path).validate.\(field.field)#key"), into: &log)
                }
            case .dedupe(let spec):
                for (item, name) in spec.by.enumerated() {
                    let place = definition.marks["\(path).dedupe.by[\(item)]"] ?? mark("\(path).dedupe.by")
                    check(name, "'dedupe'", visible, at: place, into: &log)
                }
            }
        }
    }

    private func check(filter text: String, at path: String, _ visible: [String]?, into log: inout DiagnosticLog) {
        do {
            for name in try FilterExpression(text).fields {
                check(name, "the filter", visible, at: mark(path), into: &log)
            }
        } catch {
            let before = text.prefix(error.offset).unicodeScalars.count
            if var place = definition.marks["\(path)#text"] {
                place.column += before
                log.report("in the filter: \(error.message)", at: place)
            } else {
                log.report("in the filter, \(error)", at: mark(path))
            }
        }
    }

    private func checkOrigin(of entry: MapEntry, at path: String, _ visible: [String]?, into log: inout DiagnosticLog) {
        switch entry.origin {
        case .field(let name):
            check(name, "'from'", visible, at: definition.marks["\(path).from"] ?? mark(path), into: &log)
        case .const: return
        case .file(let file): check(file.from, "'from'", visible, at: mark("\(path).file.from"), into: &log)
        case .template(let template):
            let place = mark("\(path).template")
            do {
                for name in try TextTemplate(template).fields {
                    check(name, "the template", visible, at: place, into: &log)
                }
            } catch {
                log.report(error.message, at: place)
            }
        }
    }

    private func check(
        _ name: String, _ reader: String, _ visible: [String]?, at place: Mark?, into log: inout DiagnosticLog
    ) {
        guard let visible, !visible.contains(name) else { return }
        let what = entries.isEmpty ? "a field of the source" : "a field of the source nor a target mapped before it"
        let neither = entries.isEmpty ? "not" : "neither"
        let hint = Spelling.hint(for: name, in: visible, what: "known")
        log.report("\(reader) names '\(name)', which is \(neither) \(what)\(hint)", at: place)
    }
}
