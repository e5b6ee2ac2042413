/// An expression of a template. Chains of operators and of accesses are lists, not trees, so the
/// depth of an expression is the depth of its brackets.
indirect enum TemplateExpression: Sendable {
    case literal(TemplateLiteral)
    case name(String, line: Int)
    case list([TemplateExpression])
    case tuple([TemplateExpression])
    case map([(key: TemplateExpression, value: TemplateExpression)])
    case not(TemplateExpression)
    case negative(TemplateExpression)
    case positive(TemplateExpression)
    /// Operators of equal precedence, from left to right.
    case arithmetic(TemplateExpression, [TemplateOperation])
    /// Operands joined with `~`.
    case concatenation([TemplateExpression])
    /// `a < b <= c`: all must hold, the last result is the value.
    case comparison(TemplateExpression, [TemplateComparison])
    case all([TemplateExpression])
    case any([TemplateExpression])
    /// `value if condition else otherwise`.
    case conditional(
        condition: TemplateExpression, value: TemplateExpression, otherwise: TemplateExpression?,
        line: Int)
    /// A value and what is done with it, from left to right: `messages[0].content|trim`.
    case access(TemplateExpression, [TemplateAccess])
    /// The text of the block that a filter section or a filtered `set` has captured.
    case captured
}

enum TemplateLiteral: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
}

struct TemplateOperation: Sendable {
    enum Operator: String, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case floorDivide = "//"
        case modulo = "%"
        case power = "**"
    }

    var `operator`: Operator
    var operand: TemplateExpression
}

struct TemplateComparison: Sendable {
    enum Operator: String, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case contained = "in"
        case notContained = "not in"
    }

    var `operator`: Operator
    var operand: TemplateExpression
}

/// One step of an access chain, and the line on which it stands.
struct TemplateAccess: Sendable {
    enum Step: Sendable {
        case attribute(String)
        case item(TemplateExpression)
        case slice(
            start: TemplateExpression?, stop: TemplateExpression?, step: TemplateExpression?)
        case call(TemplateArguments)
        case filter(String, TemplateArguments)
        case predicate(String, TemplateArguments, negated: Bool)
    }

    var step: Step
    var line: Int
}

/// The arguments of a call as they are written.
struct TemplateArguments: Sendable {
    var positional: [TemplateExpression] = []
    var keywords: [(name: String, value: TemplateExpression)] = []
    /// `*list` and `**mapping`.
    var spread: TemplateExpression?
    var keywordSpread: TemplateExpression?
}
