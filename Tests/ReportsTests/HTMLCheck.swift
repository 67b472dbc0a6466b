import Testing

/// What holds of every page.
enum HTMLCheck {
    /// Expects that nothing in a page does anything, loads anything, or hides, and that every element is closed.
    static func expectInert(_ html: String) throws {
        for tag in ["<script", "<img", "<b>", "<iframe", "http://", "https://", "href=\"javascript"] {
            #expect(!html.contains(tag), "\(tag)")
        }
        #expect(html.ranges(of: "</title>").count == 1 && html.ranges(of: "</style>").count == 1)
        for scalar in html.unicodeScalars where scalar.value != 0x0A {
            let category = scalar.properties.generalCategory
            #expect(category != .control && category != .format && category != .lineSeparator, "\(scalar.value)")
        }
        expectBalanced(html)
        let ids = html.matches(of: /\bid="([^"]*)"/).map(\.1)
        #expect(Set(ids).count == ids.count, "\(ids)")
    }

    /// Whether every element is closed in its place; `line` and `rect` too, except for `meta`.
    private static func expectBalanced(_ html: String) {
        var open: [Substring] = []
        for match in html.matches(of: /<(\/?)([a-z][a-z0-9]*)[^>]*>/) where match.2 != "meta" {
            if match.1.isEmpty { open.append(match.2) } else { #expect(open.popLast() == match.2) }
        }
        #expect(open.isEmpty)
    }
}
