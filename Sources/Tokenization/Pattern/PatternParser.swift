/// Reads the text of a pattern.
struct PatternParser {
    /// What `(?imx)` switches.
    struct Options {
        var ignoresCase = false
        var dotMatchesNewline = false
        var isExtended = false
    }

    let text: [Unicode.Scalar]
    var offset = 0
    var depth = 0

    private static let depthLimit = 64
    private static let lengthLimit = 1 << 16

    init(_ pattern: String) {
        text = Array(pattern.unicodeScalars)
    }

    mutating func parse() throws(PatternError) -> PatternNode {
        guard text.count <= Self.lengthLimit else { throw failure("the pattern is too long") }
        let node = try parseAlternation(Options())
        guard offset == text.count else { throw failure("unmatched ')'") }
        return node
    }

    func failure(_ message: String) -> PatternError {
        PatternError(offset: offset, message: message)
    }

    var next: Unicode.Scalar? { offset < text.count ? text[offset] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        offset += 1
        return true
    }

    mutating func take(_ string: String) -> Bool {
        let scalars = Array(string.unicodeScalars)
        guard text[offset...].starts(with: scalars) else { return false }
        offset += scalars.count
        return true
    }

    /// Takes the scalar that must come, for what `context` says.
    mutating func takeAny(_ context: String) throws(PatternError) -> Unicode.Scalar {
        guard let scalar = next else { throw failure("the pattern ends inside \(context)") }
        offset += 1
        return scalar
    }

    /// Every nested construct passes here, so that hostile nesting cannot exhaust the stack.
    mutating func enter() throws(PatternError) {
        depth += 1
        guard depth <= Self.depthLimit else {
            throw failure("nested deeper than \(Self.depthLimit)")
        }
    }

    // MARK: Structure

    private mutating func parseAlternation(
        _ options: Options
    ) throws(PatternError) -> PatternNode {
        try enter()
        defer { depth -= 1 }
        var branches = [try parseSequence(options)]
        while take("|") { branches.append(try parseSequence(options)) }
        return branches.count == 1 ? branches[0] : .alternation(branches)
    }

    private mutating func parseSequence(_ options: Options) throws(PatternError) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if options.isExtended, skipIgnored(scalar) { continue }
            if let changed = try parseOptionSwitch(options) {
                parts.append(try parseAlternation(changed))
                continue
            }
            guard let atom = try parseAtom(options) else { continue }
            parts.append(try parseQuantifiers(of: atom))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// White space and comments, which the option `x` ignores.
    private mutating func skipIgnored(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isWhitespace {
            offset += 1
            return true
        }
        guard scalar == "#" else { return false }
        while let scalar = next, scalar != "\n" {
            _ = scalar
            offset += 1
        }
        return true
    }

    /// `(?i)`: the options for the rest of the group.
    private mutating func parseOptionSwitch(
        _ options: Options
    ) throws(PatternError) -> Options? {
        let start = offset
        guard take("(?"), let changed = parseFlags(options), take(")") else {
            offset = start
            return nil
        }
        return changed
    }

    private mutating func parseFlags(_ options: Options) -> Options? {
        var options = options
        var value = true
        var count = 0
        while let scalar = next {
            switch scalar {
            case "i": options.ignoresCase = value
            case "m": options.dotMatchesNewline = value
            case "x": options.isExtended = value
            case "-" where value: value = false
            default: return count > 0 ? options : nil
            }
            count += 1
            offset += 1
        }
        return nil
    }

    // MARK: Atoms

    /// One atom; `nil` for a comment.
    private mutating func parseAtom(_ options: Options) throws(PatternError) -> PatternNode? {
        let scalar = try takeAny("an expression")
        switch scalar {
        case "(": return try parseGroup(options)
        case "[":
            return .set(PatternSet(try parseClass(options)))
        case ".":
            let newline = PatternSet.Members.scalar(0x0A)
            return .set(
                PatternSet(.inverse(options.dotMatchesNewline ? .union([]) : newline)))
        case "^": return .assertion(.lineStart)
        case "$": return .assertion(.lineEnd)
        case "*", "+", "?": throw failure("nothing to repeat before '\(scalar)'")
        case "\\": return try parseEscape(options)
        default: return literal(scalar.value, options)
        }
    }

    func literal(_ value: UInt32, _ options: Options) -> PatternNode {
        let members = PatternSet.Members.scalar(value)
        return .set(PatternSet(options.ignoresCase ? .ignoringCase(members) : members))
    }

    private mutating func parseGroup(_ options: Options) throws(PatternError) -> PatternNode? {
        guard take("?") else { return try parseBody(options) }
        if take("#") {
            while try takeAny("a comment") != ")" {}
            return nil
        }
        if take(":") { return try parseBody(options) }
        if take("=") { return try parseLook(options, isAhead: true, isNegative: false) }
        if take("!") { return try parseLook(options, isAhead: true, isNegative: true) }
        if take(">") { return .atomic(try parseBody(options)) }
        if take("<=") { return try parseLook(options, isAhead: false, isNegative: false) }
        if take("<!") { return try parseLook(options, isAhead: false, isNegative: true) }
        if take("<") {
            while try takeAny("a group name") != ">" {}
            return try parseBody(options)
        }
        if let changed = parseFlags(options), take(":") { return try parseBody(changed) }
        throw failure("unsupported group")
    }

    private mutating func parseBody(_ options: Options) throws(PatternError) -> PatternNode {
        let node = try parseAlternation(options)
        guard take(")") else { throw failure("expected ')'") }
        return node
    }

    private mutating func parseLook(
        _ options: Options, isAhead: Bool, isNegative: Bool
    ) throws(PatternError) -> PatternNode {
        let body = try parseBody(options)
        return .look(body, isAhead: isAhead, isNegative: isNegative)
    }
}
