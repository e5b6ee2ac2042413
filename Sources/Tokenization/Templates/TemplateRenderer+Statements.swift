extension TemplateRenderer {
    func execute(
        _ body: [TemplateStatement], in scope: TemplateScope
    ) throws(TemplateError) -> TemplateFlow {
        try descend()
        defer { ascend() }
        for statement in body {
            let flow = try execute(statement, in: scope)
            if flow != .next { return flow }
        }
        return .next
    }

    private func execute(
        _ statement: TemplateStatement, in scope: TemplateScope
    ) throws(TemplateError) -> TemplateFlow {
        switch statement {
        case .text(let text): try write(text)
        case .output(let expression, let line):
            self.line = line
            try write(evaluate(expression, in: scope))
        case .assign(let target, let expression, let line):
            self.line = line
            try assign(evaluate(expression, in: scope), to: target, in: scope)
        case .assignBlock(let target, let value, let body, let line):
            return try assignBlock(target, value, body, in: scope, line: line)
        case .branch(let branches, let otherwise):
            return try branch(branches, otherwise, in: scope)
        case .loop(let node):
            line = node.line
            return try runLoop(node, over: evaluate(node.sequence, in: scope), in: scope)
        case .macro(let node, let name):
            scope.set(name, to: try macro(node, in: scope))
        case .call(let callee, let arguments, let caller, let line):
            try callBlock(callee, arguments, caller, in: scope, line: line)
        case .filterBlock(let value, let body, let line):
            return try filterBlock(value, body, in: scope, line: line)
        case .with(let bindings, let body, let line):
            return try with(bindings, body, in: scope, line: line)
        case .scope(let body): return try execute(body, in: TemplateScope(parent: scope))
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        }
        return .next
    }

    private func write(_ value: TemplateValue) throws(TemplateError) {
        try write(display(value))
    }

    private func branch(
        _ branches: [TemplateBranch], _ otherwise: [TemplateStatement], in scope: TemplateScope
    ) throws(TemplateError) -> TemplateFlow {
        for branch in branches {
            line = branch.line
            if try evaluate(branch.condition, in: scope).isTrue {
                return try execute(branch.body, in: scope)
            }
        }
        return try execute(otherwise, in: scope)
    }

    private func assignBlock(
        _ target: TemplateTarget, _ value: TemplateExpression, _ body: [TemplateStatement],
        in scope: TemplateScope, line: Int
    ) throws(TemplateError) -> TemplateFlow {
        let inner = TemplateScope(parent: scope)
        let (text, flow) = try capture(body, in: inner)
        guard flow == .next else { return flow }
        self.line = line
        captured = text
        try assign(evaluate(value, in: inner), to: target, in: scope)
        return .next
    }

    private func filterBlock(
        _ value: TemplateExpression, _ body: [TemplateStatement], in scope: TemplateScope, line: Int
    ) throws(TemplateError) -> TemplateFlow {
        let inner = TemplateScope(parent: scope)
        let (text, flow) = try capture(body, in: inner)
        guard flow == .next else { return flow }
        self.line = line
        captured = text
        try write(evaluate(value, in: inner))
        return .next
    }

    private func with(
        _ bindings: [(target: TemplateTarget, value: TemplateExpression)],
        _ body: [TemplateStatement], in scope: TemplateScope, line: Int
    ) throws(TemplateError) -> TemplateFlow {
        self.line = line
        let inner = TemplateScope(parent: scope)
        for binding in bindings {
            try assign(evaluate(binding.value, in: scope), to: binding.target, in: inner)
        }
        return try execute(body, in: inner)
    }

    func assign(
        _ value: TemplateValue, to target: TemplateTarget, in scope: TemplateScope
    ) throws(TemplateError) {
        switch target {
        case .name(let name): scope.set(name, to: value)
        case .tuple(let targets):
            guard let items = try elements(of: value) else {
                throw failure(.type, "cannot unpack a value of type '\(value.typeName)'")
            }
            guard items.count == targets.count else {
                let message = "expected \(targets.count) values to unpack, got \(items.count)"
                throw failure(.type, message)
            }
            for (item, target) in zip(items, targets) { try assign(item, to: target, in: scope) }
        case .attribute(let name, let attribute):
            guard case .namespace(let namespace)? = scope.value(of: name) else {
                throw failure(.type, "cannot set an attribute of '\(name)', expected a namespace")
            }
            try step(elements: 4)
            namespace.set(attribute, to: value)
        }
    }
}
