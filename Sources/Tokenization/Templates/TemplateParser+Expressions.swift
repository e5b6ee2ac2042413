extension TemplateParser {
    /// One expression, or several with commas, which make a tuple. The word `end` ends it.
    mutating func parseTuple(
        withConditional: Bool = true, end: String? = nil, isBracketed: Bool = false
    ) throws(TemplateError) -> TemplateExpression {
        var elements: [TemplateExpression] = []
        var isTuple = false
        while !isTupleEnd(end) {
            elements.append(try withConditional ? parseExpression() : parseBinary(.any))
            guard skip(.comma) else { break }
            isTuple = true
        }
        if !isTuple, let only = elements.first { return only }
        guard isTuple || isBracketed else {
            throw failure("expected an expression, got \(token.name)")
        }
        return .tuple(elements)
    }

    private func isTupleEnd(_ end: String?) -> Bool {
        if let end, isAt(word: end) { return true }
        return token == .outputEnd || token == .blockEnd || isAt(.closeParenthesis)
    }

    /// An expression, with `if` and `else`.
    mutating func parseExpression() throws(TemplateError) -> TemplateExpression {
        try enter()
        defer { leave() }
        let line = line
        let unknownBefore = unknown
        let value = try parseBinary(.any)
        guard skip(word: "if") else { return value }
        defer { unknown = unknownBefore }
        let condition = try parseBinary(.any)
        let otherwise = skip(word: "else") ? try parseExpression() : nil
        guard !isAt(word: "if") else {
            throw failure("expected the end of the expression after 'if' without 'else'")
        }
        return .conditional(
            condition: condition, value: value, otherwise: otherwise, line: line)
    }
}

/// How tightly the operators bind, from loose to tight.
enum TemplatePrecedence: Int, Comparable {
    case any, all, not, comparison, sum, concatenation, product, power, unary

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    var tighter: Self { Self(rawValue: rawValue + 1) ?? .unary }
}

// Operators.
extension TemplateParser {
    /// An expression of operators that bind at least as tightly as `minimum`.
    mutating func parseBinary(
        _ minimum: TemplatePrecedence
    ) throws(TemplateError) -> TemplateExpression {
        var left: TemplateExpression
        if minimum <= .not, isAt(word: "not") {
            try enter()
            defer { leave() }
            advance()
            left = .not(try parseBinary(.not))
        } else {
            left = try parseUnary(withFilters: true)
        }
        while let precedence = precedenceHere(), precedence >= minimum {
            left = try parseChain(left, precedence)
        }
        return left
    }

    private func precedenceHere() -> TemplatePrecedence? {
        switch token {
        case .name("or"): .any
        case .name("and"): .all
        case .name("in"): .comparison
        case .name("not"): nextToken == .name("in") ? .comparison : nil
        case .symbol(.concatenate): .concatenation
        case .symbol(let symbol):
            if TemplateComparison.Operator(rawValue: symbol.rawValue) != nil {
                .comparison
            } else {
                arithmeticPrecedence(symbol)
            }
        default: nil
        }
    }

    private func arithmeticPrecedence(_ symbol: TemplateSymbol) -> TemplatePrecedence? {
        switch symbol {
        case .add, .subtract: .sum
        case .multiply, .divide, .floorDivide, .modulo: .product
        case .power: .power
        default: nil
        }
    }

    /// All operators of one precedence that follow `left`, with their operands.
    private mutating func parseChain(
        _ left: TemplateExpression, _ precedence: TemplatePrecedence
    ) throws(TemplateError) -> TemplateExpression {
        switch precedence {
        case .any, .all, .concatenation:
            var operands = [left]
            while precedenceHere() == precedence {
                advance()
                operands.append(try parseBinary(precedence.tighter))
            }
            return precedence == .any
                ? .any(operands)
                : precedence == .all ? .all(operands) : .concatenation(operands)
        case .comparison:
            var comparisons: [TemplateComparison] = []
            while let comparison = takeComparison() {
                let operand = try parseBinary(precedence.tighter)
                comparisons.append(TemplateComparison(operator: comparison, operand: operand))
            }
            return .comparison(left, comparisons)
        default:
            var operations: [TemplateOperation] = []
            while let operation = takeOperation(precedence) {
                let operand = try parseBinary(precedence.tighter)
                operations.append(TemplateOperation(operator: operation, operand: operand))
            }
            return .arithmetic(left, operations)
        }
    }

    private mutating func takeComparison() -> TemplateComparison.Operator? {
        guard precedenceHere() == .comparison else { return nil }
        defer { advance() }
        switch token {
        case .name("in"): return .contained
        case .name:
            advance()
            return .notContained
        case .symbol(let symbol): return TemplateComparison.Operator(rawValue: symbol.rawValue)
        default: return nil
        }
    }

    private mutating func takeOperation(
        _ precedence: TemplatePrecedence
    ) -> TemplateOperation.Operator? {
        guard precedenceHere() == precedence, case .symbol(let symbol) = token else { return nil }
        advance()
        return TemplateOperation.Operator(rawValue: symbol.rawValue)
    }

    /// A sign, or a value with what is done to it. Filters apply to the signed value.
    private mutating func parseUnary(
        withFilters: Bool
    ) throws(TemplateError) -> TemplateExpression {
        try enter()
        defer { leave() }
        var value: TemplateExpression
        if skip(.subtract) {
            value = .negative(try parseUnary(withFilters: false))
        } else if skip(.add) {
            value = .positive(try parseUnary(withFilters: false))
        } else {
            value = try parsePrimary()
        }
        var steps = try parsePostfixes()
        if withFilters { try parseFilters(into: &steps) }
        if steps.isEmpty { return value }
        if case .access(let base, let inner) = value {
            value = base
            steps = inner + steps
        }
        return .access(value, steps)
    }
}

// Values.
extension TemplateParser {
    mutating func parsePrimary() throws(TemplateError) -> TemplateExpression {
        let line = line
        let token = token
        switch token {
        case .name(let name):
            advance()
            return parseName(name, line: line)
        case .string(var text):
            advance()
            while case .string(let more) = self.token {
                text += more
                advance()
            }
            return .literal(.string(text))
        case .int(let value):
            advance()
            return .literal(.int(value))
        case .double(let value):
            advance()
            return .literal(.double(value))
        case .symbol(.openParenthesis):
            advance()
            let value = try parseTuple(isBracketed: true)
            try expect(.closeParenthesis)
            return value
        case .symbol(.openBracket): return try parseList()
        case .symbol(.openBrace): return try parseMap()
        default: throw failure("expected an expression, got \(token.name)")
        }
    }

    private mutating func parseName(_ name: String, line: Int) -> TemplateExpression {
        switch name {
        case "true", "True": return .literal(.bool(true))
        case "false", "False": return .literal(.bool(false))
        case "none", "None": return .literal(.none)
        case "caller", "varargs", "kwargs":
            for index in specials.indices { specials[index].insert(name) }
            return .name(name, line: line)
        default: return .name(name, line: line)
        }
    }

    private mutating func parseList() throws(TemplateError) -> TemplateExpression {
        advance()
        var elements: [TemplateExpression] = []
        while !isAt(.closeBracket) {
            elements.append(try parseExpression())
            guard skip(.comma) else { break }
        }
        try expect(.closeBracket)
        return .list(elements)
    }

    private mutating func parseMap() throws(TemplateError) -> TemplateExpression {
        advance()
        var members: [(key: TemplateExpression, value: TemplateExpression)] = []
        while !isAt(.closeBrace) {
            let key = try parseExpression()
            try expect(.colon)
            members.append((key, try parseExpression()))
            guard skip(.comma) else { break }
        }
        try expect(.closeBrace)
        return .map(members)
    }
}
