/// Turns the tokens of a template into statements, by recursive descent of bounded depth.
struct TemplateParser {
    private let lexemes: [TemplateLexeme]
    private var position = 0
    private let nestingMax: Int
    /// See `TemplateLimits.argumentNames`.
    let namesMax: Int
    private var nesting = 0
    /// The loops open around here, within the innermost macro.
    var loopDepth = 0
    /// Whether an `if` stands directly around here: what it guards may use unknown filters.
    var isGuarded = false
    /// The first unguarded use of an unknown filter or test.
    var unknown: TemplateError?
    /// For each macro open around here, the special names that its body mentions.
    var specials: [Set<String>] = []

    private init(lexemes: [TemplateLexeme], limits: TemplateLimits) {
        self.lexemes = lexemes
        nestingMax = limits.nesting
        namesMax = limits.argumentNames
    }

    static func parse(
        _ source: String, limits: TemplateLimits
    ) throws(TemplateError) -> [TemplateStatement] {
        guard source.utf8.count <= limits.sourceBytes else {
            let message =
                "a template of \(source.utf8.count) bytes, at most \(limits.sourceBytes) expected"
            throw TemplateError(.limit, message, line: 1)
        }
        let lexemes = try TemplateLexer.tokens(of: source)
        var parser = TemplateParser(lexemes: lexemes, limits: limits)
        let body = try parser.parseBody(until: [])
        if let unknown = parser.unknown { throw unknown }
        return body
    }
}

extension TemplateParser {
    var token: TemplateToken { lexemes[position].token }
    var line: Int { lexemes[position].line }
    var nextToken: TemplateToken { lexemes[min(position + 1, lexemes.count - 1)].token }

    func failure(_ message: String, line: Int? = nil) -> TemplateError {
        TemplateError(.syntax, message, line: line ?? self.line)
    }

    /// Moves past the current token; the last one, the end, stays.
    mutating func advance() {
        if position + 1 < lexemes.count { position += 1 }
    }

    func isAt(_ symbol: TemplateSymbol) -> Bool { token == .symbol(symbol) }

    func isAt(word: String) -> Bool { token == .name(word) }

    mutating func skip(_ symbol: TemplateSymbol) -> Bool {
        guard isAt(symbol) else { return false }
        advance()
        return true
    }

    mutating func skip(word: String) -> Bool {
        guard isAt(word: word) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: TemplateSymbol) throws(TemplateError) {
        try expect(.symbol(symbol))
    }

    mutating func expect(_ expected: TemplateToken) throws(TemplateError) {
        guard token == expected else {
            throw failure("expected \(expected.name), got \(token.name)")
        }
        advance()
    }

    mutating func expectName(_ purpose: String) throws(TemplateError) -> String {
        guard case .name(let name) = token else {
            throw failure("expected \(purpose), got \(token.name)")
        }
        advance()
        return name
    }

    /// Notes the use of a filter or a test that may be unknown.
    mutating func note(_ isKnown: Bool, _ kind: String, _ name: String) {
        guard !isKnown, !isGuarded, unknown == nil else { return }
        unknown = TemplateError(.unsupported, "there is no \(kind) '\(name)'", line: line)
    }

    /// Whether one more name may follow `count` others.
    func checkNames(_ count: Int) throws(TemplateError) {
        guard count < namesMax else {
            throw TemplateError(.limit, "more than \(namesMax) names in brackets", line: line)
        }
    }

    /// Counts one level of nesting; the matching `leave` follows where parsing goes on.
    mutating func enter() throws(TemplateError) {
        nesting += 1
        guard nesting <= nestingMax else {
            throw TemplateError(.limit, "nested deeper than \(nestingMax)", line: line)
        }
    }

    mutating func leave() { nesting -= 1 }
}
