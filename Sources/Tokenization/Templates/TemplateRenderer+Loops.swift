extension TemplateRenderer {
    /// Runs a `for` loop over the elements of `value`.
    func runLoop(
        _ node: TemplateLoopNode, over value: TemplateValue, in scope: TemplateScope,
        depth0: Int = 0
    ) throws(TemplateError) -> TemplateFlow {
        guard let source = try elements(of: value) else {
            throw failure(.type, "'\(value.typeName)' object is not iterable")
        }
        let loop = TemplateLoop(
            node: node, scope: scope, source: source, depth0: depth0,
            depth: try depth(of: source))
        if node.condition == nil { loop.accepted = source }
        var hasFinishedPass = false
        while try accept(loop, through: loop.nextIndex) {
            let place = loop.nextIndex
            loop.index = place
            let inner = TemplateScope(parent: scope)
            inner.set("loop", to: .loop(loop))
            try assign(loop.accepted[place], to: node.target, in: inner)
            let flow = try execute(node.body, in: inner)
            if flow == .next { hasFinishedPass = true }
            if flow == .breakLoop { break }
        }
        // As in Jinja, passes that end with `continue` or `break` do not count here.
        if hasFinishedPass { return .next }
        return try execute(node.otherwise, in: TemplateScope(parent: scope))
    }

    /// Applies the condition of the loop until there is an element at `index`; says if there is.
    private func accept(_ loop: TemplateLoop, through index: Int) throws(TemplateError) -> Bool {
        guard let condition = loop.node.condition else { return index < loop.accepted.count }
        while index >= loop.accepted.count, loop.sourceIndex < loop.source.count {
            let item = loop.source[loop.sourceIndex]
            loop.sourceIndex += 1
            let inner = TemplateScope(parent: loop.scope)
            try assign(item, to: loop.node.target, in: inner)
            if try evaluate(condition, in: inner).isTrue { loop.accepted.append(item) }
        }
        return index < loop.accepted.count
    }

    private func length(of loop: TemplateLoop) throws(TemplateError) -> Int {
        _ = try accept(loop, through: .max)
        return loop.accepted.count
    }

    func attribute(_ name: String, of loop: TemplateLoop) throws(TemplateError) -> TemplateValue? {
        let index = loop.index ?? 0
        switch name {
        case "index": return .int(index + 1)
        case "index0": return .int(index)
        case "first": return .bool(index == 0)
        case "last": return .bool(try !accept(loop, through: index + 1))
        case "length": return .int(try length(of: loop))
        case "revindex": return .int(try length(of: loop) - index)
        case "revindex0": return .int(try length(of: loop) - index - 1)
        case "depth": return .int(loop.depth0 + 1)
        case "depth0": return .int(loop.depth0)
        case "previtem":
            return index > 0 ? loop.accepted[index - 1] : undefined("there is no previous item")
        case "nextitem":
            return try accept(loop, through: index + 1)
                ? loop.accepted[index + 1] : undefined("there is no next item")
        case "cycle", "changed":
            return .method(TemplateMethod(receiver: .loop(loop), name: name))
        default: return nil
        }
    }

    func call(
        _ name: String, of loop: TemplateLoop, _ items: [TemplateValue]
    ) throws(TemplateError) -> TemplateValue {
        if name == "cycle" {
            guard !items.isEmpty else { throw failure(.type, "no items for cycling given") }
            return items[(loop.index ?? 0) % items.count]
        }
        if let last = loop.lastChanged, try areEqual(last, items) { return .bool(false) }
        if loop.lastChanged == nil { try register(loop) }
        loop.lastChanged = items
        return .bool(true)
    }

    /// `loop(values)`: the body once more, over `values`.
    func recurse(
        _ loop: TemplateLoop, over value: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        try descend()
        defer { ascend() }
        guard loop.node.isRecursive else {
            throw failure(.type, "a loop must be marked 'recursive' to be called")
        }
        let text = try capturing { () throws(TemplateError) in
            _ = try runLoop(loop.node, over: value, in: loop.scope, depth0: loop.depth0 + 1)
        }
        return .string(text)
    }

    func undefined(_ message: String) -> TemplateValue {
        .undefined(TemplateUndefined(.other(message)))
    }
}
