// Python's comparisons.
extension TemplateRenderer {
    func compare(
        _ operation: TemplateComparison.Operator, _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateError) -> Bool {
        switch operation {
        case .equal: return try areEqual(left, right)
        case .notEqual: return try !areEqual(left, right)
        case .contained: return try contains(right, left)
        case .notContained: return try !contains(right, left)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return try isOrdered(operation, left, right)
        }
    }

    func areEqual(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
        try step()
        if let left = left.text, let right = right.text {
            try step(bytes: min(left.utf8.count, right.utf8.count))
            return left.isIdentical(to: right)
        }
        if let left = left.integer, let right = right.integer { return left == right }
        switch (left, right) {
        case (.undefined, .undefined), (.none, .none): return true
        case (.double(let left), .double(let right)): return left == right
        case (.double(let double), _): return isEqual(double, right.integer)
        case (_, .double(let double)): return isEqual(double, left.integer)
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            return try areEqual(left.items, right.items)
        case (.map(let left), .map(let right)): return try areEqual(left, right)
        case (.range(let left), .range(let right)): return left == right
        case (.function(let left), .function(let right)): return left == right
        default: return areSame(left, right)
        }
    }

    private func isEqual(_ double: Double, _ integer: Int?) -> Bool {
        integer.map { Int(exactly: double) == $0 } ?? false
    }

    private func areSame(_ left: TemplateValue, _ right: TemplateValue) -> Bool {
        switch (left, right) {
        case (.view(let left), .view(let right)): left === right
        case (.iterator(let left), .iterator(let right)): left === right
        case (.namespace(let left), .namespace(let right)): left === right
        case (.macro(let left), .macro(let right)): left === right
        case (.loop(let left), .loop(let right)): left === right
        case (.cycler(let left), .cycler(let right)): left === right
        case (.joiner(let left), .joiner(let right)): left === right
        default: false
        }
    }

    func areEqual(
        _ left: [TemplateValue], _ right: [TemplateValue]
    ) throws(TemplateError) -> Bool {
        guard left.count == right.count else { return false }
        try descend()
        defer { ascend() }
        for (left, right) in zip(left, right) {
            guard try areEqual(left, right) else { return false }
        }
        return true
    }

    private func areEqual(
        _ left: TemplateMap, _ right: TemplateMap
    ) throws(TemplateError) -> Bool {
        guard left.count == right.count else { return false }
        try descend()
        defer { ascend() }
        for (key, value) in zip(left.keys, left.values) {
            guard let key = TemplateKey(key), let other = right.value(at: key),
                try areEqual(value, other)
            else { return false }
        }
        return true
    }

    private func isOrdered(
        _ operation: TemplateComparison.Operator, _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateError) -> Bool {
        let order = try order(left, right, operation.rawValue)
        switch operation {
        case .less: return order == .less
        case .lessOrEqual: return order == .less || order == .equal
        case .greater: return order == .greater
        default: return order == .greater || order == .equal
        }
    }

    enum Order {
        case less
        case equal
        case greater
        /// One of them is not a number.
        case none

        init<Value: Comparable>(_ left: Value, _ right: Value) {
            self = left < right ? .less : left == right ? .equal : left > right ? .greater : .none
        }
    }

    /// How two values are ordered; `operation` is for the error when they are not.
    func order(
        _ left: TemplateValue, _ right: TemplateValue, _ operation: String = "<"
    ) throws(TemplateError) -> Order {
        try step()
        if let left = left.integer, let right = right.integer { return Order(left, right) }
        if let left = left.number, let right = right.number { return Order(left, right) }
        if let left = left.text, let right = right.text {
            try step(bytes: min(left.utf8.count, right.utf8.count))
            if left.isIdentical(to: right) { return .equal }
            return left.utf8.lexicographicallyPrecedes(right.utf8) ? .less : .greater
        }
        switch (left, right) {
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            try descend()
            defer { ascend() }
            for (left, right) in zip(left.items, right.items)
            where try !areEqual(left, right) {
                return try order(left, right, operation)
            }
            return Order(left.items.count, right.items.count)
        case (.undefined(let undefined), _), (_, .undefined(let undefined)):
            throw undefinedFailure(undefined)
        default:
            throw failure(
                .type,
                "'\(operation)' is not defined for '\(left.typeName)' and '\(right.typeName)'")
        }
    }

    /// `item in container`.
    func contains(
        _ container: TemplateValue, _ item: TemplateValue
    ) throws(TemplateError) -> Bool {
        switch container {
        case .string(let text), .markup(let text):
            guard let wanted = item.text else {
                throw failure(
                    .type, "'in' of a string expects a string, got '\(item.typeName)'")
            }
            try step(bytes: text.utf8.count + wanted.utf8.count)
            return TextSearch.contains(wanted, in: text)
        case .map(let map):
            try step(key: item)
            guard let key = TemplateKey(item) else {
                if item.mayBeKey { return false }
                throw failure(.type, "unhashable type: '\(item.typeName)'")
            }
            return map.value(at: key) != nil
        case .range(let range):
            let exact =
                if case .double(let number) = item { Int(exactly: number) } else { item.integer }
            guard let integer = exact, range.count > 0 else { return false }
            let (distance, overflow) = integer.subtractingReportingOverflow(range.start)
            return !overflow && distance % range.step == 0
                && (0..<range.count).contains(distance / range.step)
        default:
            guard let items = try elements(of: container) else {
                throw failure(.type, "'\(container.typeName)' object is not iterable")
            }
            for element in items where try areEqual(element, item) { return true }
            return false
        }
    }
}
