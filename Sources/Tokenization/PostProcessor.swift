/// What is put around the tokens of a text: a template of special tokens and the text itself.
struct PostProcessor: Sendable {
    enum Part: Sendable {
        case tokens([UInt32])
        case text
    }

    /// One template for each processor of a `Sequence` that has one.
    var templates: [[Part]] = []

    /// Tokens that a short file may demand for one text: a template may repeat the text, and
    /// templates in a row multiply.
    private static let growthLimit = 64

    /// Without special tokens the text is still placed, as often as a template names it.
    func apply(to tokens: [UInt32], addSpecialTokens: Bool) -> [UInt32] {
        var result = tokens
        for template in templates {
            let input = result
            result = []
            for part in template {
                switch part {
                case .tokens(let ids): if addSpecialTokens { result += ids }
                case .text: result += input
                }
            }
        }
        return result
    }

    /// How often the text appears in the result.
    var textCount: Int {
        templates.reduce(1) { product, template in
            let count = template.count { if case .text = $0 { true } else { false } }
            return min(product * count, Self.growthLimit + 1)
        }
    }

    var isBounded: Bool { textCount <= Self.growthLimit }
}
