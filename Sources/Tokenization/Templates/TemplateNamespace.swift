/// A `namespace()`: the only thing whose attributes a template may set.
final class TemplateNamespace {
    private(set) var names: [String] = []
    private var values: [String: TemplateValue] = [:]

    subscript(name: String) -> TemplateValue? { values[name] }

    func set(_ name: String, to value: TemplateValue) {
        if values.updateValue(value, forKey: name) == nil { names.append(name) }
    }

    func clear() {
        names = []
        values = [:]
    }
}
