internal import Domain

/// One rendering of a template: walks its statements and writes the output.
///
/// Everything a template can ask for is counted: `step` bounds the time and the memory of one
/// rendering, `descend` the depth of the stack.
final class TemplateRenderer {
    let limits: TemplateLimits
    let clock: TemplateClock?
    /// The line that is being rendered, for errors.
    var line = 1
    private(set) var output = ""
    /// The text that the innermost filter section or filtered `set` has captured.
    var captured = ""
    private var steps = 0
    private var depth = 0
    /// What may hold on to itself through its own values, to be emptied at the end.
    private var scopes: [TemplateScope] = []
    private var namespaces: [TemplateNamespace] = []
    private var loops: [TemplateLoop] = []

    init(limits: TemplateLimits, clock: TemplateClock?) {
        self.limits = limits
        self.clock = clock
    }

    func render(
        _ body: [TemplateStatement], context: JSONObject
    ) throws(TemplateError) -> String {
        defer { breakCycles() }
        let outer = TemplateScope(parent: nil)
        for member in context.members {
            outer.set(member.key, to: try value(of: member.value, depth: 1))
        }
        _ = try execute(body, in: TemplateScope(parent: outer))
        return output
    }

    private func breakCycles() {
        for scope in scopes { scope.clear() }
        for namespace in namespaces { namespace.clear() }
        for loop in loops { loop.lastChanged = nil }
    }
}

// Limits and errors.
extension TemplateRenderer {
    func failure(_ kind: TemplateError.Kind, _ message: String) -> TemplateError {
        TemplateError(kind, message, line: line)
    }

    /// Counts work; see `TemplateLimits.steps`.
    func step(_ count: Int = 1) throws(TemplateError) {
        steps += min(count, limits.steps + 1)
        guard steps <= limits.steps else {
            throw failure(.limit, "rendering takes more than \(limits.steps) steps")
        }
    }

    /// Counts a text that is about to be written or searched.
    func step(bytes count: Int) throws(TemplateError) {
        guard count <= limits.textBytes else {
            let message = "a text of \(count) bytes, at most \(limits.textBytes) expected"
            throw failure(.limit, message)
        }
        try step(1 + count / 16)
    }

    /// Counts a text that is about to be taken apart, scalar by scalar.
    func step(scalars text: String) throws(TemplateError) {
        try step(bytes: text.utf8.count)
        try step(text.utf8.count / 4)
    }

    /// Counts the elements of a list that is about to be made or walked.
    func step(elements count: Int) throws(TemplateError) {
        guard count <= limits.listCount else {
            throw failure(
                .limit, "a list of \(count) elements, at most \(limits.listCount) expected")
        }
        try step(1 + 2 * count)
    }

    /// Counts a value that is about to be hashed.
    func step(key: TemplateValue) throws(TemplateError) {
        if let text = key.text { try step(bytes: text.utf8.count) }
    }

    /// Enters one level of evaluation; `ascend` leaves it.
    func descend() throws(TemplateError) {
        depth += 1
        guard depth <= limits.depth else {
            throw failure(.limit, "evaluation nested deeper than \(limits.depth)")
        }
        try step()
    }

    func ascend() { depth -= 1 }

    func undefinedFailure(_ undefined: TemplateUndefined) -> TemplateError {
        failure(.undefined, undefined.message)
    }

    func register(_ scope: TemplateScope) throws(TemplateError) {
        guard !scope.isCaptured else { return }
        try step(elements: 8)
        scope.isCaptured = true
        scopes.append(scope)
    }

    func register(_ loop: TemplateLoop) throws(TemplateError) {
        try step(elements: 4)
        loops.append(loop)
    }

    func makeNamespace() throws(TemplateError) -> TemplateNamespace {
        try step(elements: 8)
        let namespace = TemplateNamespace()
        namespaces.append(namespace)
        return namespace
    }
}

// Making values.
extension TemplateRenderer {
    func text(_ text: String) throws(TemplateError) -> TemplateValue {
        try step(bytes: text.utf8.count)
        return .string(text)
    }

    func sequence(_ items: [TemplateValue]) throws(TemplateError) -> TemplateSequence {
        TemplateSequence(items, depth: try depth(of: items))
    }

    func list(_ items: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        .list(try sequence(items))
    }

    func tuple(_ items: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        .tuple(try sequence(items))
    }

    func iterator(_ items: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        .iterator(TemplateIterator(items, depth: try depth(of: items)))
    }

    /// One more than the deepest of `items`, which are counted.
    func depth(of items: [TemplateValue]) throws(TemplateError) -> Int {
        try step(elements: items.count)
        var depth = 0
        for item in items { depth = max(depth, item.depth) }
        return try check(depth: depth + 1)
    }

    func check(depth: Int) throws(TemplateError) -> Int {
        guard depth <= limits.valueDepth else {
            throw failure(.limit, "values nested deeper than \(limits.valueDepth)")
        }
        return depth
    }

    /// Adds a member to a mapping that is being built.
    func set(
        _ key: TemplateValue, to value: TemplateValue, in map: TemplateMap
    ) throws(TemplateError) {
        guard let place = TemplateKey(key) else {
            throw failure(.type, "unhashable type: '\(key.typeName)' as the key of a mapping")
        }
        try step(elements: 4)
        try step(key: key)
        _ = try check(depth: value.depth + 1)
        map.set(place, key, to: value)
    }

    private func value(of json: JSON, depth: Int) throws(TemplateError) -> TemplateValue {
        guard depth <= limits.valueDepth else {
            throw failure(.limit, "the context is nested deeper than \(limits.valueDepth)")
        }
        switch json {
        case .null: return .none
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        case .string(let value): return .string(value)
        case .array(let elements):
            var items: [TemplateValue] = []
            items.reserveCapacity(elements.count)
            var deepest = 0
            for element in elements {
                items.append(try value(of: element, depth: depth + 1))
                deepest = max(deepest, items[items.count - 1].depth)
            }
            return .list(TemplateSequence(items, depth: deepest + 1))
        case .object(let object):
            let map = TemplateMap()
            for member in object.members {
                map.set(member.key, to: try value(of: member.value, depth: depth + 1))
            }
            return .map(map)
        }
    }
}

// Output.
extension TemplateRenderer {
    /// Appends to a text that is being built.
    func append(_ part: some StringProtocol, to text: inout String) throws(TemplateError) {
        let count = part.utf8.count
        try step(bytes: count)
        guard text.utf8.count + count <= limits.textBytes else {
            throw failure(.limit, "a text is longer than \(limits.textBytes) bytes")
        }
        text += part
    }

    func write(_ text: String) throws(TemplateError) {
        try step(bytes: text.utf8.count)
        guard output.utf8.count + text.utf8.count <= limits.textBytes else {
            throw failure(.limit, "the output is longer than \(limits.textBytes) bytes")
        }
        output += text
    }

    /// Runs a body with an output of its own.
    func capture(
        _ body: [TemplateStatement], in scope: TemplateScope
    ) throws(TemplateError) -> (text: String, flow: TemplateFlow) {
        var flow = TemplateFlow.next
        let text = try capturing { () throws(TemplateError) in
            flow = try execute(body, in: scope)
        }
        return (text, flow)
    }

    func capturing(_ work: () throws(TemplateError) -> Void) throws(TemplateError) -> String {
        let outer = output
        output = ""
        defer { output = outer }
        try work()
        return output
    }
}
