/// HTML under construction. Text can only come in escaped; tags are the renderer's own.
struct HTMLText: Sendable {
    private(set) var html = ""

    /// Appends an element without content of its own, or opens one.
    mutating func open(_ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) {
        html += "<\(tag)"
        for (name, value) in attributes {
            html += " \(name)=\""
            escape(value)
            html += "\""
        }
        html += ">"
    }

    mutating func close(_ tag: StaticString) { html += "</\(tag)>\n" }

    /// Appends text.
    mutating func text(_ text: String) { escape(text) }

    /// Appends an element that holds text.
    mutating func element(
        _ tag: StaticString, _ text: String, _ attributes: KeyValuePairs<StaticString, String> = [:]
    ) {
        open(tag, attributes)
        escape(text)
        close(tag)
    }

    /// Appends an element.
    mutating func element(
        _ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], content: (inout HTMLText) -> Void
    ) {
        open(tag, attributes)
        content(&self)
        close(tag)
    }

    /// Appends a text of a source, kept apart from the direction of the text around it.
    mutating func value(_ text: String) { element("bdi", text) }

    /// Appends markup that is fixed in the program.
    mutating func fixed(_ markup: StaticString) { html += "\(markup)" }

    private mutating func escape(_ text: String) {
        var clean = ""
        clean.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": clean += "&amp;"
            case "<": clean += "&lt;"
            case ">": clean += "&gt;"
            case "\"": clean += "&quot;"
            case "'": clean += "&#39;"
            default: clean.unicodeScalars.append(scalar)
            }
        }
        html += clean
    }
}
