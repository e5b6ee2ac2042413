/// A pattern as read.
indirect enum PatternNode {
    case empty
    case set(PatternSet)
    case sequence([PatternNode])
    case alternation([PatternNode])
    case repetition(PatternNode, min: Int, max: Int?, PatternGreed)
    case look(PatternNode, isAhead: Bool, isNegative: Bool)
    case atomic(PatternNode)
    case assertion(PatternAssertion)
}

/// How a repetition chooses among its counts.
enum PatternGreed {
    case greedy
    case lazy
    case possessive
}

/// A condition on a place in the text.
enum PatternAssertion {
    case textStart
    case textEnd
    case textEndOrLastNewline
    case lineStart
    case lineEnd
    case wordBorder
    case noWordBorder
}

extension PatternNode {
    /// Whether the node can match nothing.
    var isNullable: Bool {
        switch self {
        case .empty, .look, .assertion: true
        case .set: false
        case .sequence(let parts): parts.allSatisfy(\.isNullable)
        case .alternation(let parts): parts.contains(where: \.isNullable)
        case .repetition(let part, let min, _, _): min == 0 || part.isNullable
        case .atomic(let part): part.isNullable
        }
    }

    /// How many scalars the node matches, if that is one number and not a large one.
    var fixedWidth: Int? {
        switch self {
        case .empty, .look, .assertion: return 0
        case .set: return 1
        case .atomic(let part): return part.fixedWidth
        case .sequence(let parts):
            return parts.reduce(0) { sum, part in
                guard let sum, let width = part.fixedWidth else { return nil }
                return Self.small(sum + width)
            }
        case .alternation(let parts):
            let widths = parts.map(\.fixedWidth)
            return widths.dropFirst().allSatisfy { $0 == widths[0] } ? widths[0] : nil
        case .repetition(let part, let min, let max, _):
            guard min == max, Self.small(min) != nil, let width = part.fixedWidth else {
                return nil
            }
            return Self.small(min * width)
        }
    }

    private static func small(_ width: Int) -> Int? { width <= 255 ? width : nil }
}
