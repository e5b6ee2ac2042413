/// What `keys()`, `values()` and `items()` of a mapping give.
final class TemplateView {
    enum Kind: String {
        case keys = "dict_keys"
        case values = "dict_values"
        case items = "dict_items"
    }

    let kind: Kind
    let items: [TemplateValue]
    let depth: Int

    init(kind: Kind, items: [TemplateValue], depth: Int) {
        self.kind = kind
        self.items = items
        self.depth = depth
    }
}
