import SalesdockFacts

extension Draft {
    /// The two requests of an energy product: the product's own fields, and its tariffs without their prefix.
    ///
    /// The tariffs are empty when the row fills none. Where the tariffs' request must repeat a field of the product
    /// (its type, whether it is active) and the pipeline maps it once, the product's value stands in.
    public var energySteps: (product: [Field], tariffs: [Field]) {
        let prefix = SalesdockRules.energyPrefix
        let facts = ResourceFacts.energyTariffs
        let product = fields.filter { !$0.target.hasPrefix(prefix) }
        var tariffs = fields.filter { $0.target.hasPrefix(prefix) }.map {
            Field(target: String($0.target.dropFirst(prefix.count)), value: $0.value)
        }
        if !tariffs.contains(where: { SalesdockRules.isTariff($0.target) }) { return (product, []) }
        for field in product where facts.mandatoryOnUpdate.contains(field.target) {
            if !tariffs.contains(where: { $0.target == field.target }) { tariffs.append(field) }
        }
        return (product, tariffs)
    }
}
