extension PatternParser {
    private static let countLimit = 100_000
    /// Quantifiers after one atom: more than a few are no pattern anyone wrote.
    private static let quantifierLimit = 8

    mutating func parseQuantifiers(of atom: PatternNode) throws(PatternError) -> PatternNode {
        var node = atom
        for _ in 0..<Self.quantifierLimit {
            guard let quantified = try parseQuantifier(of: node) else { return node }
            node = quantified
        }
        throw failure("too many quantifiers in a row")
    }

    private mutating func parseQuantifier(
        of node: PatternNode
    ) throws(PatternError) -> PatternNode? {
        switch next {
        case "*": return parseSimple(node, 0, nil)
        case "+": return parseSimple(node, 1, nil)
        case "?": return parseSimple(node, 0, 1)
        case "{": return try parseInterval(of: node)
        default: return nil
        }
    }

    private mutating func parseSimple(_ node: PatternNode, _ min: Int, _ max: Int?) -> PatternNode {
        offset += 1
        let greed: PatternGreed = take("?") ? .lazy : take("+") ? .possessive : .greedy
        return .repetition(node, min: min, max: max, greed)
    }

    /// `{n}`, `{n,}`, `{,m}`, `{n,m}`. Anything else is a literal brace, hence `nil`.
    private mutating func parseInterval(
        of node: PatternNode
    ) throws(PatternError) -> PatternNode? {
        let start = offset
        offset += 1
        let low = parseCount()
        let isRange = take(",")
        let high = isRange ? parseCount() : low
        guard low != nil || high != nil, take("}") else {
            offset = start
            return nil
        }
        let min = low ?? 0
        guard min <= high ?? .max, max(min, high ?? 0) <= Self.countLimit else {
            throw failure("expected a repetition of at most \(Self.countLimit)")
        }
        let isLazy = isRange && take("?")
        return .repetition(node, min: min, max: high, isLazy ? .lazy : .greedy)
    }

    private mutating func parseCount() -> Int? {
        var count: Int?
        while let scalar = next, let digit = Character(scalar).wholeNumberValue, scalar.isASCII {
            count = min((count ?? 0) * 10 + digit, Self.countLimit + 1)
            offset += 1
        }
        return count
    }
}
