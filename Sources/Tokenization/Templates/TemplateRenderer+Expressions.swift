extension TemplateRenderer {
    func evaluate(
        _ expression: TemplateExpression, in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        try descend()
        defer { ascend() }
        switch expression {
        case .literal(let literal): return TemplateValue(literal)
        case .name(let name, _):
            try step(scope.level / 4)
            return lookUp(name, in: scope)
        case .list(let elements): return try list(evaluate(all: elements, in: scope))
        case .tuple(let elements): return try tuple(evaluate(all: elements, in: scope))
        case .map(let members): return try map(members, in: scope)
        case .not(let operand): return .bool(try !evaluate(operand, in: scope).isTrue)
        case .negative(let operand): return try negate(evaluate(operand, in: scope))
        case .positive(let operand): return try positive(evaluate(operand, in: scope))
        case .arithmetic(let first, let operations):
            return try arithmetic(first, operations, in: scope)
        case .concatenation(let operands): return try concatenation(operands, in: scope)
        case .comparison(let first, let comparisons):
            return try comparison(first, comparisons, in: scope)
        case .all(let operands): return try choose(operands, until: false, in: scope)
        case .any(let operands): return try choose(operands, until: true, in: scope)
        case .conditional(let condition, let value, let otherwise, let line):
            return try conditional(condition, value, otherwise, in: scope, line: line)
        case .access(let base, let steps): return try access(base, steps, in: scope)
        case .captured: return .string(captured)
        }
    }

    func evaluate(
        all expressions: [TemplateExpression], in scope: TemplateScope
    ) throws(TemplateError) -> [TemplateValue] {
        var values: [TemplateValue] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try evaluate(expression, in: scope)) }
        return values
    }

    private func lookUp(_ name: String, in scope: TemplateScope) -> TemplateValue {
        if let value = scope.value(of: name) { return value }
        if let function = TemplateFunction(rawValue: name) { return .function(function) }
        return .undefined(TemplateUndefined(.name(name)))
    }

    private func map(
        _ members: [(key: TemplateExpression, value: TemplateExpression)], in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        let map = TemplateMap()
        for member in members {
            let key = try evaluate(member.key, in: scope)
            try set(key, to: evaluate(member.value, in: scope), in: map)
        }
        return .map(map)
    }

    private func arithmetic(
        _ first: TemplateExpression, _ operations: [TemplateOperation], in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        var result = try evaluate(first, in: scope)
        for operation in operations {
            let right = try evaluate(operation.operand, in: scope)
            result = try apply(operation.operator, result, right)
        }
        return result
    }

    private func concatenation(
        _ operands: [TemplateExpression], in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        var result = ""
        for value in try evaluate(all: operands, in: scope) {
            try append(display(value), to: &result)
        }
        return .string(result)
    }

    private func comparison(
        _ first: TemplateExpression, _ comparisons: [TemplateComparison], in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        var left = try evaluate(first, in: scope)
        for comparison in comparisons {
            let right = try evaluate(comparison.operand, in: scope)
            guard try compare(comparison.operator, left, right) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }

    /// The first operand whose truth is `end`, or else the last one.
    private func choose(
        _ operands: [TemplateExpression], until end: Bool, in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        var value = TemplateValue.none
        for operand in operands {
            value = try evaluate(operand, in: scope)
            if value.isTrue == end { return value }
        }
        return value
    }

    private func conditional(
        _ condition: TemplateExpression, _ value: TemplateExpression,
        _ otherwise: TemplateExpression?, in scope: TemplateScope, line: Int
    ) throws(TemplateError) -> TemplateValue {
        if try evaluate(condition, in: scope).isTrue { return try evaluate(value, in: scope) }
        if let otherwise { return try evaluate(otherwise, in: scope) }
        return undefined("the 'if' expression of line \(line) is false and has no 'else'")
    }
}

// Access.
extension TemplateRenderer {
    private func access(
        _ base: TemplateExpression, _ steps: [TemplateAccess], in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        var value = try evaluate(base, in: scope)
        for access in steps {
            try step()
            line = access.line
            value = try apply(access.step, to: value, in: scope)
        }
        return value
    }

    private func apply(
        _ step: TemplateAccess.Step, to value: TemplateValue, in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        switch step {
        case .attribute(let name): return try attribute(name, of: value)
        case .item(let key): return try item(evaluate(key, in: scope), of: value)
        case .slice(let start, let stop, let step):
            return try slice(value, start, stop, step, in: scope)
        case .call(let arguments): return try call(value, self.arguments(arguments, in: scope))
        case .filter(let name, let arguments):
            return try filter(name, value, self.arguments(arguments, in: scope))
        case .predicate(let name, let arguments, let negated):
            let holds = try predicate(name, value, self.arguments(arguments, in: scope))
            return .bool(holds != negated)
        }
    }

    private func slice(
        _ value: TemplateValue, _ start: TemplateExpression?, _ stop: TemplateExpression?,
        _ step: TemplateExpression?, in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        let slice = TemplateSlice(
            start: try bound(start, in: scope), stop: try bound(stop, in: scope),
            step: try bound(step, in: scope))
        return try self.slice(value, slice)
    }

    private func bound(
        _ expression: TemplateExpression?, in scope: TemplateScope
    ) throws(TemplateError) -> Int? {
        guard let expression else { return nil }
        let value = try evaluate(expression, in: scope)
        if value.isNone { return nil }
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        guard let bound = value.integer else {
            throw failure(
                .type, "the bounds of a slice must be integers, not '\(value.typeName)'")
        }
        return bound
    }

    func arguments(
        _ arguments: TemplateArguments, in scope: TemplateScope
    ) throws(TemplateError) -> TemplateCall {
        var call = TemplateCall()
        call.positional = try evaluate(all: arguments.positional, in: scope)
        for keyword in arguments.keywords {
            call.keywords.append((keyword.name, try evaluate(keyword.value, in: scope)))
        }
        if let spread = arguments.spread {
            let value = try evaluate(spread, in: scope)
            guard let items = try elements(of: value) else {
                throw failure(.type, "expected a list after '*', got '\(value.typeName)'")
            }
            call.positional += items
        }
        if let spread = arguments.keywordSpread {
            let value = try evaluate(spread, in: scope)
            guard case .map(let map) = value else {
                throw failure(.type, "expected a mapping after '**', got '\(value.typeName)'")
            }
            try addKeywords(of: map, to: &call)
        }
        return call
    }

    /// Arguments are looked up one by one, so there may not be very many names.
    private func checkArguments(_ count: Int) throws(TemplateError) {
        guard count <= limits.argumentNames else {
            throw failure(
                .limit, "\(count) named arguments, at most \(limits.argumentNames) expected")
        }
    }

    private func addKeywords(
        of map: TemplateMap, to call: inout TemplateCall
    ) throws(TemplateError) {
        try checkArguments(map.count + call.keywords.count)
        for (key, value) in zip(map.keys, map.values) {
            guard let name = key.text else {
                throw failure(.type, "the names of arguments must be strings")
            }
            guard call[name] == nil else {
                throw failure(.type, "got two values for the argument '\(name)'")
            }
            call.keywords.append((name, value))
        }
    }
}
