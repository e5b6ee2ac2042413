// What may follow a value: attributes, items, calls, filters and tests.
extension TemplateParser {
    mutating func parsePostfixes() throws(TemplateError) -> [TemplateAccess] {
        var steps: [TemplateAccess] = []
        while true {
            let line = line
            if skip(.dot) {
                steps.append(TemplateAccess(step: try parseAttribute(), line: line))
            } else if skip(.openBracket) {
                steps.append(TemplateAccess(step: try parseSubscript(), line: line))
            } else if isAt(.openParenthesis) {
                steps.append(TemplateAccess(step: .call(try parseArguments()), line: line))
            } else {
                return steps
            }
        }
    }

    mutating func parseFilters(into steps: inout [TemplateAccess]) throws(TemplateError) {
        while true {
            let line = line
            if skip(.pipe) {
                steps.append(try parseFilter())
            } else if skip(word: "is") {
                steps.append(TemplateAccess(step: try parsePredicate(), line: line))
            } else if isAt(.openParenthesis) {
                steps.append(TemplateAccess(step: .call(try parseArguments()), line: line))
            } else {
                return
            }
        }
    }

    /// The name of a filter and its arguments, past the `|`.
    mutating func parseFilter() throws(TemplateError) -> TemplateAccess {
        let line = line
        let name = try parseDottedName("the name of a filter")
        note(TemplateFilter(rawValue: name) != nil, "filter", name)
        let arguments = isAt(.openParenthesis) ? try parseArguments() : TemplateArguments()
        return TemplateAccess(step: .filter(name, arguments), line: line)
    }

    private mutating func parseDottedName(_ purpose: String) throws(TemplateError) -> String {
        var name = try expectName(purpose)
        while skip(.dot) { name += "." + (try expectName(purpose)) }
        return name
    }

    /// The name of a test and its argument, which needs no brackets, past the `is`.
    private mutating func parsePredicate() throws(TemplateError) -> TemplateAccess.Step {
        let negated = skip(word: "not")
        let name = try parseDottedName("the name of a test")
        note(TemplatePredicate(rawValue: name) != nil, "test", name)
        var arguments = TemplateArguments()
        if isAt(.openParenthesis) {
            arguments = try parseArguments()
        } else if startsPredicateArgument() {
            guard !isAt(word: "is") else { throw failure("tests with 'is' do not chain") }
            arguments.positional = [try parsePredicateArgument()]
        }
        return .predicate(name, arguments, negated: negated)
    }

    private mutating func parsePredicateArgument() throws(TemplateError) -> TemplateExpression {
        let value = try parsePrimary()
        let steps = try parsePostfixes()
        return steps.isEmpty ? value : .access(value, steps)
    }

    private func startsPredicateArgument() -> Bool {
        switch token {
        case .name("else"), .name("or"), .name("and"): false
        case .name, .string, .int, .double, .symbol(.openBracket), .symbol(.openBrace): true
        default: false
        }
    }

    private mutating func parseAttribute() throws(TemplateError) -> TemplateAccess.Step {
        let token = token
        advance()
        switch token {
        case .name(let name): return .attribute(name)
        case .int(let index): return .item(.literal(.int(index)))
        default: throw failure("expected a name or a number after '.', got \(token.name)")
        }
    }

    /// An item or a slice, past the `[`.
    private mutating func parseSubscript() throws(TemplateError) -> TemplateAccess.Step {
        let first = isAt(.colon) ? nil : try parseExpression()
        guard isAt(.colon) else {
            guard let first else { throw failure("expected an index, got \(token.name)") }
            if isAt(.comma) { return try parseTupleSubscript(first) }
            try expect(.closeBracket)
            return .item(first)
        }
        advance()
        let stop = isAt(.colon) || isAt(.closeBracket) ? nil : try parseExpression()
        var step: TemplateExpression?
        if skip(.colon), !isAt(.closeBracket) { step = try parseExpression() }
        try expect(.closeBracket)
        return .slice(start: first, stop: stop, step: step)
    }

    private mutating func parseTupleSubscript(
        _ first: TemplateExpression
    ) throws(TemplateError) -> TemplateAccess.Step {
        var elements = [first]
        while skip(.comma) { elements.append(try parseExpression()) }
        try expect(.closeBracket)
        return .item(.tuple(elements))
    }

    mutating func parseArguments() throws(TemplateError) -> TemplateArguments {
        var arguments = TemplateArguments()
        let start = line
        try expect(.openParenthesis)
        while !isAt(.closeParenthesis) {
            try parseArgument(into: &arguments, start: start)
            guard skip(.comma) else { break }
        }
        try expect(.closeParenthesis)
        return arguments
    }

    private mutating func parseArgument(
        into arguments: inout TemplateArguments, start: Int
    ) throws(TemplateError) {
        let hasSpread = arguments.spread != nil || arguments.keywordSpread != nil
        if skip(.multiply) {
            guard !hasSpread else { throw failure("'*' stands after '*' or '**'", line: start) }
            arguments.spread = try parseExpression()
        } else if skip(.power) {
            guard arguments.keywordSpread == nil else {
                throw failure("'**' stands there twice", line: start)
            }
            arguments.keywordSpread = try parseExpression()
        } else if case .name(let name) = token, nextToken == .symbol(.assign) {
            try checkNames(arguments.keywords.count)
            guard arguments.keywordSpread == nil else {
                throw failure("the argument '\(name)' stands after '**'", line: start)
            }
            guard !arguments.keywords.contains(where: { $0.name == name }) else {
                throw failure("the argument '\(name)' stands there twice", line: start)
            }
            advance()
            advance()
            arguments.keywords.append((name, try parseExpression()))
        } else {
            guard !hasSpread, arguments.keywords.isEmpty else {
                throw failure("a positional argument follows a named one", line: start)
            }
            arguments.positional.append(try parseExpression())
        }
    }
}
