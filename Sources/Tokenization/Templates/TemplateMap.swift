/// A mapping with the order of its keys.
final class TemplateMap {
    private(set) var keys: [TemplateValue] = []
    private(set) var values: [TemplateValue] = []
    private var places: [TemplateKey: Int] = [:]
    /// One more than the deepest value.
    private(set) var depth = 1

    init() {}

    var count: Int { keys.count }

    func value(at key: TemplateKey) -> TemplateValue? { places[key].map { values[$0] } }

    func value(at key: String) -> TemplateValue? { value(at: .text(TemplateText(key))) }

    /// Sets a value while the mapping is built. A repeated key keeps its first place.
    func set(_ key: TemplateKey, _ original: TemplateValue, to value: TemplateValue) {
        depth = max(depth, value.depth + 1)
        if let place = places[key] {
            values[place] = value
        } else {
            places[key] = keys.count
            keys.append(original)
            values.append(value)
        }
    }

    func set(_ key: String, to value: TemplateValue) {
        set(.text(TemplateText(key)), .string(key), to: value)
    }
}
