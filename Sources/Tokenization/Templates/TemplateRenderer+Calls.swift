extension TemplateRenderer {
    func call(
        _ callee: TemplateValue, _ arguments: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        switch callee {
        case .macro(let macro): return try call(macro, arguments)
        case .function(let function): return try call(function, arguments)
        case .method(let method): return try call(method, arguments)
        case .joiner(let joiner):
            _ = try bind(arguments, "joiner")
            defer { joiner.isUsed = true }
            return joiner.isUsed ? joiner.separator : .string("")
        case .loop(let loop):
            let values = try bind(arguments, "loop", ["iterable"], required: 1)
            return try recurse(loop, over: values[0] ?? .none)
        case .undefined(let undefined): throw undefinedFailure(undefined)
        default: throw failure(.type, "'\(callee.typeName)' object is not callable")
        }
    }

    private func call(
        _ function: TemplateFunction, _ arguments: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        switch function {
        case .range: return try range(arguments)
        case .dict: return .map(try map(arguments, "dict"))
        case .namespace:
            let members = try map(arguments, "namespace")
            let namespace = try makeNamespace()
            for (key, value) in zip(members.keys, members.values) {
                if let name = key.text { namespace.set(name, to: value) }
            }
            return .namespace(namespace)
        case .cycler:
            guard !arguments.positional.isEmpty, arguments.keywords.isEmpty else {
                throw failure(.type, "'cycler' expects at least one value")
            }
            let items = arguments.positional
            return .cycler(TemplateCycler(items, depth: try depth(of: items)))
        case .joiner:
            let values = try bind(arguments, "joiner", ["sep"])
            let separator = values[0] ?? .string(", ")
            let depth = try depth(of: [separator])
            return .joiner(TemplateJoiner(separator: separator, depth: depth))
        case .raiseException:
            let values = try bind(arguments, "raise_exception", ["message"], required: 1)
            throw failure(.raised, try display(values[0] ?? .none))
        case .strftimeNow:
            let values = try bind(arguments, "strftime_now", ["format"], required: 1)
            return try strftime(requiredString(values, 0))
        case .lipsum:
            throw failure(.unsupported, "the function 'lipsum' is not supported")
        }
    }

    private func strftime(_ format: String) throws(TemplateError) -> TemplateValue {
        guard let clock else {
            throw failure(.unsupported, "'strftime_now' needs a date, and none was given")
        }
        try step(scalars: format)
        return try text(clock.formatted(format))
    }

    private func range(_ arguments: TemplateCall) throws(TemplateError) -> TemplateValue {
        let values = try bind(arguments, "range", ["start", "stop", "step"], required: 1)
        let first = try integer(values, 0) ?? 0
        let second = try integer(values, 1)
        let step = try integer(values, 2) ?? 1
        guard step != 0 else { throw failure(.type, "the step of 'range' must not be zero") }
        guard
            let range = TemplateRange(
                start: second == nil ? 0 : first, stop: second ?? first, step: step),
            range.count <= limits.rangeCount
        else {
            throw failure(.limit, "a range of more than \(limits.rangeCount) numbers")
        }
        return .range(range)
    }

    /// What `dict(…)` makes: of a mapping or of pairs, and of named arguments.
    private func map(
        _ arguments: TemplateCall, _ callee: String
    ) throws(TemplateError) -> TemplateMap {
        let map = TemplateMap()
        guard arguments.positional.count <= 1 else {
            throw failure(.type, "'\(callee)' takes at most 1 positional argument")
        }
        if let first = arguments.positional.first { try add(first, to: map, callee) }
        for keyword in arguments.keywords {
            try set(.string(keyword.name), to: keyword.value, in: map)
        }
        return map
    }

    private func add(
        _ members: TemplateValue, to map: TemplateMap, _ callee: String
    ) throws(TemplateError) {
        if case .map(let other) = members {
            for (key, value) in zip(other.keys, other.values) { try set(key, to: value, in: map) }
            return
        }
        for pair in try self.items(of: members) {
            guard let items = try elements(of: pair), items.count == 2 else {
                throw failure(.type, "'\(callee)' expects a mapping or pairs")
            }
            try set(items[0], to: items[1], in: map)
        }
    }
}

// Macros.
extension TemplateRenderer {
    func macro(
        _ node: TemplateMacroNode, in scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        try register(scope)
        return .macro(TemplateMacro(node: node, scope: scope))
    }

    func callBlock(
        _ callee: TemplateExpression, _ arguments: TemplateArguments, _ caller: TemplateMacroNode,
        in scope: TemplateScope, line: Int
    ) throws(TemplateError) {
        self.line = line
        let value = try evaluate(callee, in: scope)
        var call = try self.arguments(arguments, in: scope)
        call.keywords.append(("caller", try macro(caller, in: scope)))
        try write(display(self.call(value, call)))
    }

    private func call(
        _ macro: TemplateMacro, _ arguments: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        try descend()
        defer { ascend() }
        let node = macro.node
        let callLine = line
        let scope = TemplateScope(parent: macro.scope)
        try bind(arguments, of: node, in: scope)
        let text = try capture(node.body, in: scope).text
        line = callLine
        return .string(text)
    }

    private func bind(
        _ arguments: TemplateCall, of node: TemplateMacroNode, in scope: TemplateScope
    ) throws(TemplateError) {
        let positional = arguments.positional
        var keywords = arguments.keywords
        for (place, parameter) in node.parameters.enumerated() {
            var value: TemplateValue?
            if place < positional.count {
                value = positional[place]
            } else if let index = keywords.firstIndex(where: { $0.name == parameter.name }) {
                value = keywords.remove(at: index).value
            } else if let initial = parameter.initial {
                value = try evaluate(initial, in: scope)
            }
            let missing = "the parameter '\(parameter.name)' was not provided"
            scope.set(parameter.name, to: value ?? undefined(missing))
        }
        try bindSpecials(
            of: node, in: scope, extra: Array(positional.dropFirst(node.parameters.count)),
            keywords: &keywords)
    }

    private func bindSpecials(
        of node: TemplateMacroNode, in scope: TemplateScope, extra: [TemplateValue],
        keywords: inout [(name: String, value: TemplateValue)]
    ) throws(TemplateError) {
        let name = node.name ?? "caller"
        if node.specials.contains("caller") {
            let index = keywords.firstIndex { $0.name == "caller" }
            let caller = index.map { keywords.remove(at: $0).value }
            scope.set("caller", to: caller ?? undefined("No caller defined"))
        }
        if node.specials.contains("kwargs") {
            let map = TemplateMap()
            for keyword in keywords {
                try set(.string(keyword.name), to: keyword.value, in: map)
            }
            scope.set("kwargs", to: .map(map))
        } else if let keyword = keywords.first {
            throw failure(.type, "macro '\(name)' takes no argument '\(keyword.name)'")
        }
        if node.specials.contains("varargs") {
            scope.set("varargs", to: try tuple(extra))
        } else if !extra.isEmpty {
            throw failure(
                .type, "macro '\(name)' takes not more than \(node.parameters.count) arguments")
        }
    }
}
