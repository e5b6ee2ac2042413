extension TemplateParser {
    /// Statements up to a tag that starts with one of `ends`, which stays; with no `ends`, up to
    /// the end of the template.
    mutating func parseBody(until ends: Set<String>) throws(TemplateError) -> [TemplateStatement] {
        try enter()
        defer { leave() }
        let start = line
        var body: [TemplateStatement] = []
        while true {
            switch token {
            case .text(let text):
                body.append(.text(text))
                advance()
            case .outputBegin:
                let line = line
                advance()
                body.append(.output(try parseTuple(), line: line))
                try expect(.outputEnd)
            case .blockBegin:
                advance()
                if case .name(let word) = token, ends.contains(word) { return body }
                try parseStatement(into: &body)
                try expect(.blockEnd)
            default:
                guard ends.isEmpty else {
                    let names = ends.sorted().map { "'{% \($0) %}'" }.joined(separator: " or ")
                    throw failure("expected \(names) for the block of line \(start)")
                }
                return body
            }
        }
    }

    /// The body of a statement: past the rest of its tag, up to and past the word that ends it.
    private mutating func parseBlock(
        until ends: Set<String>, isGuarded: Bool = false
    ) throws(TemplateError) -> (body: [TemplateStatement], end: String) {
        let outer = self.isGuarded
        self.isGuarded = isGuarded
        defer { self.isGuarded = outer }
        _ = skip(.colon)
        try expect(.blockEnd)
        let body = try parseBody(until: ends)
        return (body, try expectName("the end of a block"))
    }

    private mutating func parseStatement(
        into body: inout [TemplateStatement]
    ) throws(TemplateError) {
        let line = line
        let word = try expectName("a statement")
        switch word {
        case "if": body.append(try parseBranches(line: line))
        case "for": body.append(try parseLoop(line: line))
        case "set": body.append(try parseAssignment(line: line))
        case "macro": body.append(try parseMacro(line: line))
        case "call": body.append(try parseCallBlock(line: line))
        case "filter": body.append(try parseFilterBlock(line: line))
        case "with": body.append(try parseWith(line: line))
        case "generation":
            body.append(.scope(try parseClosedBlock(until: "endgeneration")))
        case "print": try parsePrint(line: line, into: &body)
        case "break", "continue":
            guard loopDepth > 0 else { throw failure("'\(word)' outside of a loop", line: line) }
            body.append(word == "break" ? .breakLoop : .continueLoop)
        case "block", "extends", "include", "import", "from", "autoescape", "do", "trans", "debug":
            throw TemplateError(
                .unsupported, "the statement '\(word)' is not supported", line: line)
        default: throw failure("unknown statement '\(word)'", line: line)
        }
    }

    private mutating func parseBranches(line: Int) throws(TemplateError) -> TemplateStatement {
        var branches: [TemplateBranch] = []
        var line = line
        let outer = isGuarded
        isGuarded = true
        defer { isGuarded = outer }
        while true {
            let condition = try parseTuple(withConditional: false)
            let ends: Set = ["elif", "else", "endif"]
            let (body, end) = try parseBlock(until: ends, isGuarded: true)
            branches.append(TemplateBranch(condition: condition, body: body, line: line))
            line = self.line
            if end == "endif" { return .branch(branches, otherwise: []) }
            if end == "else" {
                return .branch(
                    branches, otherwise: try parseBlock(until: ["endif"], isGuarded: true).body)
            }
        }
    }

    private mutating func parseLoop(line: Int) throws(TemplateError) -> TemplateStatement {
        let target = try parseTarget(end: "in")
        guard skip(word: "in") else { throw failure("expected 'in', got \(token.name)") }
        let sequence = try parseTuple(withConditional: false, end: "recursive")
        let condition = skip(word: "if") ? try parseExpression() : nil
        let isRecursive = skip(word: "recursive")
        loopDepth += 1
        let (body, end) = try parseBlock(until: ["endfor", "else"])
        loopDepth -= 1
        let otherwise = end == "else" ? try parseBlock(until: ["endfor"]).body : []
        return .loop(
            TemplateLoopNode(
                target: target, sequence: sequence, condition: condition, isRecursive: isRecursive,
                body: body, otherwise: otherwise, line: line))
    }

    private mutating func parseAssignment(line: Int) throws(TemplateError) -> TemplateStatement {
        let target = try parseTarget(withAttribute: true)
        if skip(.assign) { return .assign(target, try parseTuple(), line: line) }
        let value = try parseCapturedFilters()
        let body = try parseBlock(until: ["endset"]).body
        return .assignBlock(target, value: value, body, line: line)
    }

    /// The filters `|a|b(c)` on captured text.
    private mutating func parseCapturedFilters() throws(TemplateError) -> TemplateExpression {
        var steps: [TemplateAccess] = []
        while isAt(.pipe) {
            advance()
            steps.append(try parseFilter())
        }
        return steps.isEmpty ? .captured : .access(.captured, steps)
    }

    private mutating func parseFilterBlock(line: Int) throws(TemplateError) -> TemplateStatement {
        var steps = [try parseFilter()]
        while skip(.pipe) { steps.append(try parseFilter()) }
        let body = try parseBlock(until: ["endfilter"]).body
        return .filterBlock(value: .access(.captured, steps), body, line: line)
    }

    private mutating func parseWith(line: Int) throws(TemplateError) -> TemplateStatement {
        var bindings: [(target: TemplateTarget, value: TemplateExpression)] = []
        while token != .blockEnd {
            if !bindings.isEmpty { try expect(.comma) }
            let target = try parseTarget()
            try expect(.assign)
            bindings.append((target, try parseExpression()))
        }
        return .with(bindings, try parseBlock(until: ["endwith"]).body, line: line)
    }

    private mutating func parsePrint(
        line: Int, into body: inout [TemplateStatement]
    ) throws(TemplateError) {
        var isFirst = true
        while token != .blockEnd {
            if !isFirst { try expect(.comma) }
            body.append(.output(try parseExpression(), line: line))
            isFirst = false
        }
    }
}

// Macros.
extension TemplateParser {
    private mutating func parseMacro(line: Int) throws(TemplateError) -> TemplateStatement {
        let name = try expectName("the name of a macro")
        let parameters = try parseParameters()
        let node = try parseMacroBody(name, parameters, until: "endmacro", line: line)
        return .macro(node, name: name)
    }

    private mutating func parseCallBlock(line: Int) throws(TemplateError) -> TemplateStatement {
        let parameters = isAt(.openParenthesis) ? try parseParameters() : []
        guard case .access(let base, var steps) = try parseExpression(),
            case .call(let arguments)? = steps.popLast()?.step
        else { throw failure("expected a call after '{% call'", line: line) }
        let callee = steps.isEmpty ? base : .access(base, steps)
        let caller = try parseMacroBody(nil, parameters, until: "endcall", line: line)
        return .call(callee: callee, arguments: arguments, caller: caller, line: line)
    }

    private mutating func parseMacroBody(
        _ name: String?, _ parameters: [TemplateMacroNode.Parameter], until end: String, line: Int
    ) throws(TemplateError) -> TemplateMacroNode {
        specials.append([])
        let body = try parseClosedBlock(until: end)
        let mentioned = specials.removeLast().subtracting(parameters.map(\.name))
        return TemplateMacroNode(
            name: name, parameters: parameters, body: body, specials: mentioned, line: line)
    }

    /// A body that a loop around it cannot be left from.
    private mutating func parseClosedBlock(
        until end: String
    ) throws(TemplateError) -> [TemplateStatement] {
        let outer = loopDepth
        loopDepth = 0
        defer { loopDepth = outer }
        return try parseBlock(until: [end]).body
    }

    private mutating func parseParameters() throws(TemplateError) -> [TemplateMacroNode.Parameter] {
        var parameters: [TemplateMacroNode.Parameter] = []
        try expect(.openParenthesis)
        while !isAt(.closeParenthesis) {
            if !parameters.isEmpty { try expect(.comma) }
            try checkNames(parameters.count)
            let name = try expectName("the name of a parameter")
            guard !parameters.contains(where: { $0.name == name }) else {
                throw failure("the parameter '\(name)' stands there twice")
            }
            var initial: TemplateExpression?
            if skip(.assign) {
                initial = try parseExpression()
            } else if parameters.last?.initial != nil {
                throw failure("the parameter '\(name)' without a default follows one with it")
            }
            parameters.append(TemplateMacroNode.Parameter(name: name, initial: initial))
        }
        try expect(.closeParenthesis)
        return parameters
    }
}

// Targets of assignments.
extension TemplateParser {
    /// A name, a tuple of them, or, with `withAttribute`, `namespace.name`. The word `end` ends it.
    private mutating func parseTarget(
        withAttribute: Bool = false, end: String? = nil
    ) throws(TemplateError) -> TemplateTarget {
        var targets: [TemplateTarget] = []
        var isTuple = false
        while true {
            if !targets.isEmpty, isTargetEnd(end) { break }
            targets.append(try parseSimpleTarget(withAttribute: withAttribute))
            guard skip(.comma) else { break }
            isTuple = true
        }
        return isTuple ? .tuple(targets) : targets[0]
    }

    private func isTargetEnd(_ end: String?) -> Bool {
        if let end, isAt(word: end) { return true }
        return token == .blockEnd || isAt(.assign) || isAt(.closeParenthesis)
    }

    private mutating func parseSimpleTarget(
        withAttribute: Bool
    ) throws(TemplateError) -> TemplateTarget {
        if isAt(.openParenthesis) {
            try enter()
            defer { leave() }
            advance()
            let inner = try parseTarget(withAttribute: withAttribute)
            try expect(.closeParenthesis)
            return inner
        }
        let name = try expectName("a name to assign to")
        guard !Self.constants.contains(name) else { throw failure("cannot assign to '\(name)'") }
        if withAttribute, skip(.dot) {
            return .attribute(name: name, attribute: try expectName("the name of an attribute"))
        }
        return .name(name)
    }

    static let constants: Set<String> = ["true", "false", "none", "True", "False", "None"]
}
