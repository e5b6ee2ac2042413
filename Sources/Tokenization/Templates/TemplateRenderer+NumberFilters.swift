// Filters that give numbers, or compare them.
extension TemplateRenderer {
    func numberFilter(
        _ filter: TemplateFilter, _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        switch filter {
        case .abs: return try absolute(value, call)
        case .float: return try float(value, call)
        case .int: return try int(value, call)
        case .round: return try round(value, call)
        case .sum: return try sum(value, call)
        default: return try extreme(filter, value, call)
        }
    }

    private func absolute(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        _ = try bind(call, "abs")
        if case .double(let number) = value { return .double(number.magnitude) }
        guard let number = value.integer else {
            throw failure(.type, "'abs' expects a number, got '\(value.typeName)'")
        }
        return number < 0 ? try negate(value) : .int(number)
    }

    private func float(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "float", ["default"])
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        if let number = value.number { return .double(number) }
        if let text = value.text {
            try step(scalars: text)
            if let number = PythonNumber.double(text) { return .double(number) }
        }
        return arguments[0] ?? .double(0)
    }

    private func int(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "int", ["default", "base"])
        let initial = arguments[0] ?? .int(0)
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        if let number = value.integer { return .int(number) }
        if case .double(let number) = value { return try truncated(number, default: initial) }
        guard let text = value.text else { return initial }
        try step(scalars: text)
        let base = try integer(arguments, 1) ?? 10
        if base == 0 || (2...36).contains(base),
            let reading = PythonNumber.integer(text, base: base)
        {
            guard case .value(let number) = reading else {
                throw failure(.limit, "the number does not fit in 64 bits")
            }
            return .int(number)
        }
        return try PythonNumber.double(text).map { number throws(TemplateError) in
            try truncated(number, default: initial)
        } ?? initial
    }

    private func truncated(
        _ number: Double, default initial: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        guard number.isFinite else { return initial }
        guard let integer = Int(exactly: number.rounded(.towardZero)) else {
            throw failure(.limit, "the number does not fit in 64 bits")
        }
        return .int(integer)
    }

    private func round(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "round", ["precision", "method"])
        let digits = try integer(arguments, 0) ?? 0
        let method = try string(arguments, 1) ?? "common"
        guard let number = value.number else {
            throw failure(.type, "'round' expects a number, got '\(value.typeName)'")
        }
        switch method {
        case "common":
            guard let integer = value.integer else {
                return .double(PythonNumber.rounded(number, digits: digits))
            }
            guard let rounded = PythonNumber.rounded(integer, digits: digits) else {
                throw failure(.limit, "the number does not fit in 64 bits")
            }
            return .int(rounded)
        case "ceil", "floor":
            let scale = PythonNumber.power(10, Double(digits))
            let rule: FloatingPointRoundingRule = method == "ceil" ? .up : .down
            let rounded = (number * scale).rounded(rule) / scale
            guard rounded.isFinite else { throw failure(.type, "the number cannot be rounded") }
            return .double(rounded)
        default: throw wrongType(arguments, 1, expected: "'common', 'ceil' or 'floor'")
        }
    }

    private func sum(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "sum", ["attribute", "start"])
        let path = try attributePath(arguments[0])
        var total = arguments[1] ?? .int(0)
        guard total.text == nil else { throw failure(.type, "'sum' does not join strings") }
        for item in try items(of: value) {
            total = try apply(.add, total, self.item(path: path, of: item))
        }
        return total
    }

    /// `min` and `max`: the first of the extreme elements.
    private func extreme(
        _ filter: TemplateFilter, _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, filter.rawValue, ["case_sensitive", "attribute"])
        let path = try attributePath(arguments[1])
        let wanted: Order = filter == .min ? .less : .greater
        var best: (item: TemplateValue, key: TemplateValue)?
        for item in try items(of: value) {
            var key = try self.item(path: path, of: item)
            if !arguments.isTrue(0), let text = key.text {
                key = try self.text(text.pythonLowercased)
            }
            if let current = best, try order(key, current.key) != wanted { continue }
            best = (item, key)
        }
        return best?.item ?? undefined("no aggregated item, the sequence was empty")
    }
}
