/// Runs a compiled pattern over one range of a text, by backtracking with an explicit stack.
struct PatternMachine {
    private let program: [PatternInstruction]
    private let sets: [PatternSet]
    private let bytes: [UInt8]
    private let range: Range<Int>
    private let classes = UnicodeClasses.shared
    private var slots: [Int?]
    private var stack: [Frame] = []
    /// The steps left for this range.
    private var fuel: Int

    /// What to do when the current way fails.
    private enum Frame {
        case resume(address: Int, position: Int)
        /// Give back one scalar of a run, down to `lowest`, and go on at `address`.
        case shorten(address: Int, position: Int, lowest: Int)
        case restore(slot: Int, value: Int?)
    }

    /// Steps for each byte of the text; patterns in use take 5 to 30.
    private static let fuelPerByte = 256
    private static let baseFuel = 1 << 16
    private static let stackLimit = 1 << 20

    init(_ pattern: Pattern, bytes: [UInt8], range: Range<Int>) {
        program = pattern.program
        sets = pattern.sets
        self.bytes = bytes
        self.range = range
        slots = [Int?](repeating: nil, count: pattern.slotCount)
        fuel = Self.baseFuel + range.count * Self.fuelPerByte
    }

    /// The first match that starts at `start` or later.
    mutating func search(from start: Int) -> Range<Int>? {
        var start = start
        while fuel > 0 {
            if let end = match(from: 0, at: start) { return start..<end }
            guard start < range.upperBound else { return nil }
            start += bytes.scalar(at: start).length
        }
        return nil
    }

    /// Runs from `address` to the next `accept` of the same level; returns where that is in the
    /// text. Calls itself for look-arounds and atomic groups, as deep as the pattern nests them.
    private mutating func match(from address: Int, at position: Int) -> Int? {
        let base = stack.count
        var state = (address: address, position: position)
        while true {
            fuel -= 1
            if case .accept = program[state.address] {
                unwind(to: base)
                return state.position
            }
            if fuel > 0, stack.count < Self.stackLimit, step(&state) { continue }
            guard fuel > 0, backtrack(to: base, &state) else {
                unwind(to: base)
                return nil
            }
        }
    }

    /// Forgets the other ways of this level.
    private mutating func unwind(to base: Int) {
        stack.removeSubrange(base...)
    }

    /// Takes the next untried way of this level.
    private mutating func backtrack(
        to base: Int, _ state: inout (address: Int, position: Int)
    ) -> Bool {
        while stack.count > base {
            guard let frame = stack.popLast() else { return false }
            switch frame {
            case .resume(let address, let position):
                state = (address, position)
                return true
            case .shorten(let address, let position, let lowest):
                let shorter = bytes.scalarStart(before: position)
                if shorter > lowest {
                    stack.append(.shorten(address: address, position: shorter, lowest: lowest))
                }
                state = (address, shorter)
                return true
            case .restore(let slot, let value):
                slots[slot] = value
            }
        }
        return false
    }
}

// MARK: - Steps

extension PatternMachine {
    /// Does one instruction; `false` if it fails.
    private mutating func step(_ state: inout (address: Int, position: Int)) -> Bool {
        switch program[state.address] {
        case .set(let set):
            guard let next = end(of: set, at: state.position) else { return false }
            state = (state.address + 1, next)
        case .run(let set, let min, let max, let isPossessive):
            return run(set, min, max, isPossessive, &state)
        case .split(let first, let second):
            stack.append(.resume(address: second, position: state.position))
            state.address = first
        case .jump(let target):
            state.address = target
        case .mark(let slot):
            stack.append(.restore(slot: slot, value: slots[slot]))
            slots[slot] = state.position
            state.address += 1
        case .checkProgress(let slot, let exit):
            state.address = slots[slot] == state.position ? exit : state.address + 1
        case .look(let end, let width, let isNegative):
            guard look(state, width) != isNegative else { return false }
            state.address = end
        case .atomic(let end):
            guard let next = match(from: state.address + 1, at: state.position) else {
                return false
            }
            state = (end, next)
        case .assert(let assertion):
            guard holds(assertion, at: state.position) else { return false }
            state.address += 1
        case .accept:
            return false
        }
        return true
    }

    @inline(__always)
    private func end(of set: Int, at position: Int) -> Int? {
        guard position < range.upperBound else { return nil }
        let (value, length) = bytes.scalar(at: position)
        return sets[set].contains(value, classes) ? position + length : nil
    }

    private mutating func run(
        _ set: Int, _ min: Int, _ max: Int?, _ isPossessive: Bool,
        _ state: inout (address: Int, position: Int)
    ) -> Bool {
        var position = state.position
        var lowest = min == 0 ? position : nil
        var count = 0
        while count < max ?? .max, let next = end(of: set, at: position) {
            position = next
            count += 1
            if count == min { lowest = position }
        }
        fuel -= count
        guard let lowest else { return false }
        state.address += 1
        if !isPossessive, lowest < position {
            stack.append(
                .shorten(address: state.address, position: position, lowest: lowest))
        }
        state.position = position
        return true
    }

    private mutating func look(_ state: (address: Int, position: Int), _ width: Int?) -> Bool {
        var start = state.position
        for _ in 0..<(width ?? 0) {
            guard start > range.lowerBound else { return false }
            start = bytes.scalarStart(before: start)
        }
        return match(from: state.address + 1, at: start) != nil
    }
}

// MARK: - Assertions

extension PatternMachine {
    private func holds(_ assertion: PatternAssertion, at position: Int) -> Bool {
        let isStart = position == range.lowerBound
        let isEnd = position == range.upperBound
        switch assertion {
        case .textStart: return isStart
        case .textEnd: return isEnd
        case .textEndOrLastNewline:
            return isEnd || position == range.upperBound - 1 && bytes[position] == 0x0A
        case .lineStart: return isStart || !isEnd && bytes[position - 1] == 0x0A
        case .lineEnd: return isEnd || bytes[position] == 0x0A
        case .wordBorder: return isWordBorder(position)
        case .noWordBorder: return !isWordBorder(position)
        }
    }

    private func isWordBorder(_ position: Int) -> Bool {
        let before =
            position > range.lowerBound
            && isWord(bytes.scalarStart(before: position))
        let after = position < range.upperBound && isWord(position)
        return before != after
    }

    private static let word = PatternSet(.word)

    private func isWord(_ position: Int) -> Bool {
        Self.word.contains(bytes.scalar(at: position).value, classes)
    }
}
