import Pipelines

extension Property {
    /// A filter is read or refused, and what is wrong lies inside it.
    static let filter = Property("filter") { input in
        let text = input.text
        do throws(FilterError) {
            let expression = try FilterExpression(text)
            try? require(Set(expression.fields).count == expression.fields.count, "a field comes twice")
        } catch {
            try require((0...text.count).contains(error.offset), "an error at \(error.offset) of \(text.count)")
        }
    }

    /// A pipeline file is decoded or refused with a reason, the same every time.
    static let pipeline = Property("pipeline") { input in
        let text = input.text
        let environment = ["NAME": "waarde", "EMPTY": ""]
        let (definition, problems) = PipelineDecoder.check(text: text, file: "in.yaml", environment: environment)
        let hasError = problems.contains { $0.severity == .error }
        try require((definition == nil) == hasError, "\(problems)")
        let again = PipelineDecoder.check(text: text, file: "in.yaml", environment: environment)
        try require(again.0 == definition && again.1 == problems, "\(again.1)\nis not\n\(problems)")
    }
}
