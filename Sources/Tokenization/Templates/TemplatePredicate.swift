/// The tests after `is`, by their names in templates.
enum TemplatePredicate: String {
    case odd, even, divisibleby, defined, undefined, filter, test, none, boolean
    case `false`, `true`, integer, float, lower, upper, string, mapping, number, sequence
    case iterable, callable, sameas, escaped
    case `in`
    case equal = "=="
    case eq, equalto
    case notEqual = "!="
    case ne
    case greater = ">"
    case gt, greaterthan
    case greaterOrEqual = ">="
    case ge
    case less = "<"
    case lt, lessthan
    case lessOrEqual = "<="
    case le

    /// The comparison that the test is another name for.
    var comparison: TemplateComparison.Operator? {
        switch self {
        case .in: .contained
        case .equal, .eq, .equalto: .equal
        case .notEqual, .ne: .notEqual
        case .greater, .gt, .greaterthan: .greater
        case .greaterOrEqual, .ge: .greaterOrEqual
        case .less, .lt, .lessthan: .less
        case .lessOrEqual, .le: .lessOrEqual
        default: nil
        }
    }
}

extension TemplateRenderer {
    func predicate(
        _ name: String, _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> Bool {
        guard let predicate = TemplatePredicate(rawValue: name) else {
            throw failure(.unsupported, "there is no test '\(name)'")
        }
        if let comparison = predicate.comparison {
            let arguments = try bind(call, name, ["other"], required: 1)
            return try compare(comparison, value, arguments[0] ?? .none)
        }
        switch predicate {
        case .divisibleby:
            let arguments = try bind(call, name, ["num"], required: 1)
            let rest = try apply(.modulo, value, arguments[0] ?? .none)
            return rest.number == 0
        case .sameas:
            let arguments = try bind(call, name, ["other"], required: 1)
            return try areIdentical(value, arguments[0] ?? .none)
        default:
            _ = try bind(call, name)
            return try holds(predicate, value)
        }
    }

    private func holds(
        _ predicate: TemplatePredicate, _ value: TemplateValue
    ) throws(TemplateError) -> Bool {
        switch predicate {
        case .odd: return try apply(.modulo, value, .int(2)).number == 1
        case .even: return try apply(.modulo, value, .int(2)).number == 0
        case .lower: return try isCased(display(value), \.isLowercase)
        case .upper: return try isCased(display(value), \.isUppercase)
        case .filter: return value.text.map { TemplateFilter(rawValue: $0) != nil } ?? false
        case .test: return value.text.map { TemplatePredicate(rawValue: $0) != nil } ?? false
        default: return isKind(predicate, value)
        }
    }

    private func isKind(_ predicate: TemplatePredicate, _ value: TemplateValue) -> Bool {
        switch (predicate, value) {
        case (.defined, _): !value.isUndefined
        case (.undefined, _): value.isUndefined
        case (.none, _): value.isNone
        case (.boolean, .bool), (.true, .bool(true)), (.false, .bool(false)): true
        case (.integer, .int), (.float, .double): true
        case (.number, _): value.number != nil
        case (.string, _): value.text != nil
        case (.escaped, .markup): true
        case (.mapping, .map): true
        case (.sequence, .string), (.sequence, .markup), (.sequence, .list), (.sequence, .tuple),
            (.sequence, .map), (.sequence, .range), (.sequence, .undefined):
            true
        case (.iterable, .string), (.iterable, .markup), (.iterable, .list), (.iterable, .tuple),
            (.iterable, .map), (.iterable, .range), (.iterable, .view), (.iterable, .iterator),
            (.iterable, .loop), (.iterable, .undefined):
            true
        case (.callable, .macro), (.callable, .function), (.callable, .method),
            (.callable, .loop), (.callable, .joiner), (.callable, .undefined):
            true
        default: false
        }
    }

    /// Python's `is`, as far as templates can rely on it.
    private func areIdentical(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.undefined(let left), .undefined(let right)): return left === right
        case (.bool(let left), .bool(let right)): return left == right
        case (.bool, _), (_, .bool): return false
        case (.int, .double), (.double, .int): return false
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            return left === right
        case (.map(let left), .map(let right)): return left === right
        default: return try areEqual(left, right)
        }
    }
}
