/// A statement of a template, or text between statements.
indirect enum TemplateStatement: Sendable {
    case text(String)
    case output(TemplateExpression, line: Int)
    case assign(TemplateTarget, TemplateExpression, line: Int)
    /// `{% set name %}…{% endset %}`; `value` says what becomes of the captured text.
    case assignBlock(TemplateTarget, value: TemplateExpression, [TemplateStatement], line: Int)
    case branch([TemplateBranch], otherwise: [TemplateStatement])
    case loop(TemplateLoopNode)
    case macro(TemplateMacroNode, name: String)
    /// `{% call(parameters) callee(arguments) %}…{% endcall %}`.
    case call(
        callee: TemplateExpression, arguments: TemplateArguments, caller: TemplateMacroNode,
        line: Int)
    case filterBlock(value: TemplateExpression, [TemplateStatement], line: Int)
    case with([(target: TemplateTarget, value: TemplateExpression)], [TemplateStatement], line: Int)
    /// A body whose variables stay inside.
    case scope([TemplateStatement])
    case breakLoop
    case continueLoop
}

struct TemplateBranch: Sendable {
    var condition: TemplateExpression
    var body: [TemplateStatement]
    var line: Int
}

/// What an assignment, a loop or a parameter binds.
indirect enum TemplateTarget: Sendable {
    case name(String)
    case tuple([TemplateTarget])
    /// `name.attribute`, for namespaces.
    case attribute(name: String, attribute: String)
}

/// A `for` loop. A class, so that a loop value may hold on to its code.
final class TemplateLoopNode: Sendable {
    let target: TemplateTarget
    let sequence: TemplateExpression
    let condition: TemplateExpression?
    let isRecursive: Bool
    let body: [TemplateStatement]
    let otherwise: [TemplateStatement]
    let line: Int

    init(
        target: TemplateTarget, sequence: TemplateExpression, condition: TemplateExpression?,
        isRecursive: Bool, body: [TemplateStatement], otherwise: [TemplateStatement], line: Int
    ) {
        self.target = target
        self.sequence = sequence
        self.condition = condition
        self.isRecursive = isRecursive
        self.body = body
        self.otherwise = otherwise
        self.line = line
    }
}

/// The code of a macro, or of the body of a call block, which has no name.
final class TemplateMacroNode: Sendable {
    struct Parameter: Sendable {
        var name: String
        var initial: TemplateExpression?
    }

    let name: String?
    let parameters: [Parameter]
    let body: [TemplateStatement]
    /// Which of `caller`, `varargs` and `kwargs` the body mentions; it takes only those.
    let specials: Set<String>
    let line: Int

    init(
        name: String?, parameters: [Parameter], body: [TemplateStatement], specials: Set<String>,
        line: Int
    ) {
        self.name = name
        self.parameters = parameters
        self.body = body
        self.specials = specials
        self.line = line
    }
}
