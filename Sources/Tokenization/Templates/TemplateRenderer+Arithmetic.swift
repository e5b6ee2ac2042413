// The operators of Python on numbers, strings and lists.
extension TemplateRenderer {
    func apply(
        _ operation: TemplateOperation.Operator, _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        if case .modulo = operation, let format = left.text {
            return like(left, try printf(format, right, isMarkup: isMarkup(left)))
        }
        if case .undefined(let undefined) = left { throw undefinedFailure(undefined) }
        if case .undefined(let undefined) = right { throw undefinedFailure(undefined) }
        if let left = left.integer, let right = right.integer {
            return try apply(operation, left, right)
        }
        if let left = left.number, let right = right.number {
            return .double(try apply(operation, left, right))
        }
        switch operation {
        case .add: if let sum = try joined(left, right) { return sum }
        case .multiply:
            if let count = right.integer, let product = try repeated(left, count) {
                return product
            }
            if let count = left.integer, let product = try repeated(right, count) {
                return product
            }
        default: break
        }
        throw failure(
            .type,
            "'\(operation.rawValue)' is not defined for '\(left.typeName)' and "
                + "'\(right.typeName)'")
    }

    private func apply(
        _ operation: TemplateOperation.Operator, _ left: Int, _ right: Int
    ) throws(TemplateError) -> TemplateValue {
        switch operation {
        case .add: return try integer(left.addingReportingOverflow(right))
        case .subtract: return try integer(left.subtractingReportingOverflow(right))
        case .multiply: return try integer(left.multipliedReportingOverflow(by: right))
        case .divide: return .double(try apply(operation, Double(left), Double(right)))
        case .floorDivide:
            try checkDivisor(right == 0)
            guard left != .min || right != -1 else { throw overflow() }
            return .int(PythonNumber.floorDivide(left, right))
        case .modulo:
            try checkDivisor(right == 0)
            return .int(PythonNumber.modulo(left, right))
        case .power:
            if right < 0 { return .double(try apply(operation, Double(left), Double(right))) }
            guard let power = PythonNumber.power(left, right) else { throw overflow() }
            return .int(power)
        }
    }

    private func apply(
        _ operation: TemplateOperation.Operator, _ left: Double, _ right: Double
    ) throws(TemplateError) -> Double {
        switch operation {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide:
            try checkDivisor(right == 0)
            return left / right
        case .floorDivide:
            try checkDivisor(right == 0)
            return floorDivide(left, right)
        case .modulo:
            try checkDivisor(right == 0)
            return PythonNumber.modulo(left, right)
        case .power:
            try checkDivisor(left == 0 && right < 0)
            let power = PythonNumber.power(left, right)
            guard !power.isNaN || left.isNaN || right.isNaN else {
                throw failure(.unsupported, "the power is a complex number")
            }
            guard power.isFinite || !left.isFinite || !right.isFinite else { throw overflow() }
            return power
        }
    }

    private func floorDivide(_ left: Double, _ right: Double) -> Double {
        let quotient = (left - PythonNumber.modulo(left, right)) / right
        if quotient == 0 { return left / right < 0 ? -0.0 : 0.0 }
        let floor = quotient.rounded(.down)
        return quotient - floor > 0.5 ? floor + 1 : floor
    }

    private func checkDivisor(_ isZero: Bool) throws(TemplateError) {
        guard !isZero else { throw failure(.type, "division by zero") }
    }

    private func overflow() -> TemplateError {
        failure(.limit, "an integer does not fit in 64 bits")
    }

    private func integer(
        _ result: (partialValue: Int, overflow: Bool)
    ) throws(TemplateError) -> TemplateValue {
        guard let value = PythonNumber.exactly(result) else { throw overflow() }
        return .int(value)
    }

    func negate(_ value: TemplateValue) throws(TemplateError) -> TemplateValue {
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        if case .double(let number) = value { return .double(-number) }
        guard let number = value.integer else {
            throw failure(.type, "'-' is not defined for '\(value.typeName)'")
        }
        return try integer((0).subtractingReportingOverflow(number))
    }

    func positive(_ value: TemplateValue) throws(TemplateError) -> TemplateValue {
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        if case .double = value { return value }
        guard let number = value.integer else {
            throw failure(.type, "'+' is not defined for '\(value.typeName)'")
        }
        return .int(number)
    }
}

// Strings and lists.
extension TemplateRenderer {
    func isMarkup(_ value: TemplateValue) -> Bool {
        if case .markup = value { true } else { false }
    }

    /// `left + right` of two strings, two lists or two tuples.
    private func joined(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateError) -> TemplateValue? {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try step(bytes: left.utf8.count + right.utf8.count)
            return .string(left + right)
        case (.string, .markup), (.markup, .string), (.markup, .markup):
            let first = try escaped(left)
            let second = try escaped(right)
            try step(bytes: first.utf8.count + second.utf8.count)
            return .markup(first + second)
        case (.list(let left), .list(let right)):
            try step(elements: left.items.count + right.items.count)
            return try list(left.items + right.items)
        case (.tuple(let left), .tuple(let right)):
            try step(elements: left.items.count + right.items.count)
            return try tuple(left.items + right.items)
        default: return nil
        }
    }

    /// The text with its HTML characters written as entities, unless it is markup.
    func escaped(_ value: TemplateValue) throws(TemplateError) -> String {
        if case .markup(let text) = value { return text }
        let text = try display(value)
        try step(bytes: text.utf8.count)
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "'": result += "&#39;"
            case "\"": result += "&#34;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        try step(bytes: result.utf8.count)
        return result
    }

    private func repeated(
        _ value: TemplateValue, _ count: Int
    ) throws(TemplateError) -> TemplateValue? {
        let count = max(0, count)
        switch value {
        case .string(let text), .markup(let text):
            return like(value, try repeated(text, count))
        case .list(let sequence): return try list(repeated(sequence.items, count))
        case .tuple(let sequence): return try tuple(repeated(sequence.items, count))
        default: return nil
        }
    }

    /// `text` several times; checked before it is made.
    func repeated(_ text: String, _ count: Int) throws(TemplateError) -> String {
        let (size, overflow) = text.utf8.count.multipliedReportingOverflow(by: count)
        try step(bytes: overflow ? .max : size)
        if text.utf8.count == 1, let byte = text.utf8.first {
            return String(decoding: [UInt8](repeating: byte, count: count), as: UTF8.self)
        }
        return String(repeating: text, count: text.isEmpty ? 0 : count)
    }

    private func repeated(
        _ items: [TemplateValue], _ count: Int
    ) throws(TemplateError) -> [TemplateValue] {
        let (size, overflow) = items.count.multipliedReportingOverflow(by: count)
        try step(elements: overflow ? .max : size)
        guard size > 0 else { return [] }
        var result: [TemplateValue] = []
        result.reserveCapacity(size)
        for _ in 0..<count { result += items }
        return result
    }
}
