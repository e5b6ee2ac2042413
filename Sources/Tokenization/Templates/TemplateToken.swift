/// One word of a template, as the parser sees it.
enum TemplateToken: Equatable {
    case text(String)
    case outputBegin
    case outputEnd
    case blockBegin
    case blockEnd
    case name(String)
    case string(String)
    case int(Int)
    case double(Double)
    case symbol(TemplateSymbol)
    case end

    /// The token as an error message names it.
    var name: String {
        switch self {
        case .text: "template text"
        case .outputBegin: "'{{'"
        case .outputEnd: "'}}'"
        case .blockBegin: "'{%'"
        case .blockEnd: "'%}'"
        case .name(let name): "'\(name)'"
        case .string: "a string"
        case .int, .double: "a number"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end of the template"
        }
    }
}

/// A token and the line on which it starts.
struct TemplateLexeme: Equatable {
    var token: TemplateToken
    var line: Int
}

/// The operators and brackets of expressions.
enum TemplateSymbol: String, CaseIterable {
    case floorDivide = "//"
    case power = "**"
    case equal = "=="
    case notEqual = "!="
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case add = "+"
    case subtract = "-"
    case divide = "/"
    case multiply = "*"
    case modulo = "%"
    case concatenate = "~"
    case openBracket = "["
    case closeBracket = "]"
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBrace = "{"
    case closeBrace = "}"
    case greater = ">"
    case less = "<"
    case assign = "="
    case dot = "."
    case colon = ":"
    case pipe = "|"
    case comma = ","
    case semicolon = ";"

    /// The closing bracket that belongs to an opening one.
    var closing: TemplateSymbol? {
        switch self {
        case .openBracket: .closeBracket
        case .openParenthesis: .closeParenthesis
        case .openBrace: .closeBrace
        default: nil
        }
    }

    var isClosing: Bool {
        self == .closeBracket || self == .closeParenthesis || self == .closeBrace
    }

    /// The symbol that starts with `first`, the longer one where `second` allows it.
    static func starting(with first: Unicode.Scalar, _ second: Unicode.Scalar?) -> Self? {
        if let second, first.isASCII, second.isASCII,
            let long = Self(rawValue: String(first) + String(second))
        {
            return long
        }
        return Self(rawValue: String(first))
    }
}
