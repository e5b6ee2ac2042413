/// Turns a pattern as read into a program.
struct PatternCompiler {
    private(set) var program: [PatternInstruction] = []
    private(set) var sets: [PatternSet] = []
    private(set) var slotCount = 0

    /// Counted repetitions are written out, so their product is bounded.
    private static let programLimit = 4096
    /// Nodes written out, counting those that need no instruction.
    private var nodeCount = 0

    mutating func compile(_ node: PatternNode) throws(PatternError) {
        try emit(node)
        program.append(.accept)
    }

    private mutating func emit(_ node: PatternNode) throws(PatternError) {
        nodeCount += 1
        guard program.count < Self.programLimit, nodeCount < 4 * Self.programLimit else {
            throw PatternError(offset: 0, message: "the pattern is too large when written out")
        }
        switch node {
        case .empty: break
        case .set(let set): program.append(.set(index(of: set)))
        case .sequence(let parts): for part in parts { try emit(part) }
        case .alternation(let parts): try emitAlternation(parts)
        case .repetition(let part, let min, let max, let greed):
            try emitRepetition(part, min, max, greed)
        case .look(let part, let isAhead, let isNegative):
            try emitLook(part, isAhead: isAhead, isNegative: isNegative)
        case .atomic(let part):
            try emitEnclosed(part) { end in .atomic(end: end) }
        case .assertion(let assertion): program.append(.assert(assertion))
        }
    }

    private mutating func index(of set: PatternSet) -> Int {
        if let index = sets.firstIndex(of: set) { return index }
        sets.append(set)
        return sets.count - 1
    }

    private mutating func emitAlternation(_ parts: [PatternNode]) throws(PatternError) {
        var jumps: [Int] = []
        for (index, part) in parts.enumerated() {
            guard index < parts.count - 1 else {
                try emit(part)
                break
            }
            let split = program.count
            program.append(.accept)
            try emit(part)
            jumps.append(program.count)
            program.append(.accept)
            program[split] = .split(first: split + 1, second: program.count)
        }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    private mutating func emitLook(
        _ part: PatternNode, isAhead: Bool, isNegative: Bool
    ) throws(PatternError) {
        let width = part.fixedWidth
        guard isAhead || width != nil else {
            throw PatternError(offset: 0, message: "look-behind needs a fixed width")
        }
        try emitEnclosed(part) { end in
            .look(end: end, width: isAhead ? nil : width, isNegative: isNegative)
        }
    }

    private mutating func emitEnclosed(
        _ part: PatternNode, _ instruction: (_ end: Int) -> PatternInstruction
    ) throws(PatternError) {
        let start = program.count
        program.append(.accept)
        try emit(part)
        program.append(.accept)
        program[start] = instruction(program.count)
    }
}

// MARK: - Repetition

extension PatternCompiler {
    private mutating func emitRepetition(
        _ part: PatternNode, _ min: Int, _ max: Int?, _ greed: PatternGreed
    ) throws(PatternError) {
        if case .set(let set) = part, greed != .lazy {
            let isPossessive = greed == .possessive
            let set = index(of: set)
            program.append(.run(set: set, min: min, max: max, isPossessive: isPossessive))
        } else if greed == .possessive {
            try emitEnclosedRepetition(part, min, max)
        } else {
            for _ in 0..<min { try emit(part) }
            if let max {
                try emitOptional(part, times: max - min, greed)
            } else {
                try emitLoop(part, greed)
            }
        }
    }

    private mutating func emitEnclosedRepetition(
        _ part: PatternNode, _ min: Int, _ max: Int?
    ) throws(PatternError) {
        try emit(.atomic(.repetition(part, min: min, max: max, .greedy)))
    }

    private mutating func emitOptional(
        _ part: PatternNode, times: Int, _ greed: PatternGreed
    ) throws(PatternError) {
        var splits: [Int] = []
        for _ in 0..<times {
            splits.append(program.count)
            program.append(.accept)
            try emit(part)
        }
        for split in splits { program[split] = choice(split + 1, program.count, greed) }
    }

    private mutating func emitLoop(
        _ part: PatternNode, _ greed: PatternGreed
    ) throws(PatternError) {
        let start = program.count
        program.append(.accept)
        if part.isNullable {
            let slot = slotCount
            slotCount += 1
            program.append(.mark(slot: slot))
            try emit(part)
            program.append(.checkProgress(slot: slot, exit: program.count + 2))
        } else {
            try emit(part)
        }
        program.append(.jump(start))
        program[start] = choice(start + 1, program.count, greed)
    }

    private func choice(_ body: Int, _ exit: Int, _ greed: PatternGreed) -> PatternInstruction {
        greed == .lazy
            ? .split(first: exit, second: body) : .split(first: body, second: exit)
    }
}
