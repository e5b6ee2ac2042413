/// A value while a template is rendered: what Python's Jinja has, as far as templates can tell.
/// Lists and mappings never change, as the sandbox of chat templates forbids it; namespaces,
/// loops and iterators do, and live no longer than the rendering.
enum TemplateValue {
    case undefined(TemplateUndefined)
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    /// A string that `escape` or `safe` has marked as HTML.
    case markup(String)
    case list(TemplateSequence)
    case tuple(TemplateSequence)
    case map(TemplateMap)
    case range(TemplateRange)
    case view(TemplateView)
    case iterator(TemplateIterator)
    case namespace(TemplateNamespace)
    case macro(TemplateMacro)
    case function(TemplateFunction)
    case method(TemplateMethod)
    case loop(TemplateLoop)
    case cycler(TemplateCycler)
    case joiner(TemplateJoiner)
}

extension TemplateValue {
    init(_ literal: TemplateLiteral) {
        switch literal {
        case .none: self = .none
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        }
    }

    var isUndefined: Bool { if case .undefined = self { true } else { false } }
    var isNone: Bool { if case .none = self { true } else { false } }

    /// The characters of a string or of markup.
    var text: String? {
        switch self {
        case .string(let text), .markup(let text): text
        default: nil
        }
    }

    /// Whole numbers, and truth values, which Python counts among them.
    var integer: Int? {
        switch self {
        case .int(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    /// Any number as a double.
    var number: Double? {
        if case .double(let value) = self { return value }
        return integer.map(Double.init)
    }

    /// Python's truth of the value.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let text), .markup(let text): !text.isEmpty
        case .list(let sequence), .tuple(let sequence): !sequence.items.isEmpty
        case .map(let map): map.count > 0
        case .range(let range): range.count > 0
        case .view(let view): view.items.count > 0
        case .iterator, .namespace, .macro, .function, .method, .loop, .cycler, .joiner: true
        }
    }

    /// How deep values stand in one another here: 0 for a plain value.
    var depth: Int {
        switch self {
        case .list(let sequence), .tuple(let sequence): sequence.depth
        case .map(let map): map.depth
        case .view(let view): view.depth
        case .iterator(let iterator): iterator.depth
        case .method(let method): method.receiver.depth + 1
        case .loop(let loop): loop.depth
        case .cycler(let cycler): cycler.depth
        case .joiner(let joiner): joiner.depth
        default: 0
        }
    }

    /// The name of the Python type, for error messages.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .int: "int"
        case .double: "float"
        case .string: "str"
        case .markup: "Markup"
        case .list: "list"
        case .tuple: "tuple"
        case .map: "dict"
        case .range: "range"
        case .view(let view): view.kind.rawValue
        case .iterator: "generator"
        case .namespace: "Namespace"
        case .macro: "Macro"
        case .function: "function"
        case .method: "builtin_function_or_method"
        case .loop: "LoopContext"
        case .cycler: "Cycler"
        case .joiner: "Joiner"
        }
    }
}
