internal import Domain

/// How far a step is written, in the arrays of one that is over.
///
/// Most steps repeat another: the same sequences decode one token each, a position further. As long
/// as that holds, the entries of the old step become those of the new one where they are, and their
/// block tables stay. Where it ends, the rest of the old step is cut off and entries are added.
struct StepDraft: Sendable {
    /// The place where it is written.
    let slot: Int
    private(set) var budget: TokenCount
    private(set) var entryCount = 0
    /// Blocks of those entries in the first stage.
    private var blockCount = 0
    /// What follows them is of the old step, and its tables are right.
    private var isRepeating = true
    /// Blocks ran out, so nothing new is admitted.
    var isShort = false
    /// A sequence has given its blocks back.
    var hasFreed = false

    init(slot: Int, budget: TokenCount) {
        self.slot = slot
        self.budget = budget
    }

    /// Adds a decode if that is what comes next in the old step, on the same blocks.
    mutating func repeatDecode(
        of sequence: SequenceID, at position: TokenCount, _ token: TokenID, blocks: BlockCount,
        in step: inout Step
    ) -> Bool {
        guard isRepeating, entryCount < step.entries.count,
            step.entries[entryCount].isDecode(of: sequence, blocks: blocks)
        else { return false }
        step.entries[entryCount].firstPosition = position
        step.tokens[entryCount] = token
        entryCount += 1
        blockCount += blocks
        budget -= 1
        return true
    }

    /// Adds an entry; its block table is the caller's to write.
    mutating func add(
        _ tokens: ArraySlice<TokenID>, of sequence: SequenceID, at position: TokenCount,
        blocks: BlockCount, output: StepOutput, to step: inout Step
    ) {
        if isRepeating { cut(&step) }
        let first = step.tokens.count
        if tokens.count == 1 {
            step.tokens.append(tokens[tokens.startIndex])
        } else {
            step.tokens.append(contentsOf: tokens)
        }
        step.entries.append(
            StepEntry(
                sequence: sequence, firstPosition: position,
                tokens: first..<(first + tokens.count),
                blocks: blockCount..<(blockCount + blocks), output: output))
        entryCount += 1
        blockCount += blocks
        budget -= tokens.count
    }

    /// Whether the step is the old one over again, so that the tables of all stages are written.
    mutating func repeatsAll(of step: inout Step) -> Bool {
        if isRepeating, entryCount == step.entries.count { return true }
        if isRepeating { cut(&step) }
        return false
    }

    /// Takes away what is left of the old step. Each entry before that has one token.
    mutating func cut(_ step: inout Step) {
        isRepeating = false
        step.entries.removeLast(step.entries.count - entryCount)
        step.tokens.removeLast(step.tokens.count - entryCount)
        step.blocks.removeLast(step.blocks.count - blockCount)
    }
}

extension StepEntry {
    fileprivate func isDecode(of sequence: SequenceID, blocks: BlockCount) -> Bool {
        self.sequence == sequence && self.blocks.count == blocks && tokens.count == 1
            && output == .decode
    }
}
