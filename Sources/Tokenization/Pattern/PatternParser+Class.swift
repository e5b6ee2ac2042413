extension PatternParser {
    /// A class after its `[`. Case is ignored once, for the outermost class.
    mutating func parseClass(_ options: Options) throws(PatternError) -> PatternSet.Members {
        let outerDepth = depth
        try enter()
        defer { depth = outerDepth }
        let isInverse = take("^")
        var members = PatternSet.Members.union(try parseItems(options))
        while take("&&") {
            try enter()
            members = .intersection(members, .union(try parseItems(options)))
        }
        guard take("]") else { throw failure("expected ']'") }
        if options.ignoresCase { members = .ignoringCase(members) }
        return isInverse ? .inverse(members) : members
    }

    /// The items up to `&&` or `]`. A `]` in the first place is a literal.
    private mutating func parseItems(
        _ options: Options
    ) throws(PatternError) -> [PatternSet.Members] {
        var items: [PatternSet.Members] = []
        while let scalar = next {
            if scalar == "]", !items.isEmpty || text[offset - 1] == "&" { break }
            if scalar == "&", text[offset...].starts(with: ["&", "&"]) { break }
            items.append(try parseItem(options))
        }
        return items
    }

    private mutating func parseItem(
        _ options: Options
    ) throws(PatternError) -> PatternSet.Members {
        if take("[:") { return try parseNamedClass() }
        if take("[") {
            var inner = options
            inner.ignoresCase = false
            return try parseClass(inner)
        }
        let first = try parseClassAtom()
        guard case .range(let low, let same) = first, low == same, next == "-",
            offset + 1 < text.count, text[offset + 1] != "]"
        else { return first }
        offset += 1
        guard case .range(let high, let end) = try parseClassAtom(), high == end, low <= high
        else { throw failure("expected a range such as a-z") }
        return .range(low, high)
    }

    private mutating func parseClassAtom() throws(PatternError) -> PatternSet.Members {
        let scalar = try takeAny("a class")
        guard scalar == "\\" else { return .scalar(scalar.value) }
        let escaped = try takeAny("an escape")
        if escaped == "b" { return .scalar(0x08) }
        return try parseSetEscape(escaped)
    }

    private mutating func parseNamedClass() throws(PatternError) -> PatternSet.Members {
        let isInverse = take("^")
        var name = ""
        while let scalar = next, scalar != ":" {
            name.unicodeScalars.append(scalar)
            offset += 1
        }
        guard take(":]"), let members = Self.property(named: name) else {
            throw failure("unsupported class name '\(name)'")
        }
        return isInverse ? .inverse(members) : members
    }
}
