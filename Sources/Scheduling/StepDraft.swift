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
        guard isRepeating,
            step.repeatDecode(
                at: entryCount, of: sequence, position: position, token, blocks: blocks)
        else { return false }
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
        let first = step.tokenCount
        let entry = StepEntry(
            sequence: sequence, firstPosition: position, tokens: first..<(first + tokens.count),
            blocks: blockCount..<(blockCount + blocks), output: output)
        step.add(entry, tokens)
        entryCount += 1
        blockCount += blocks
        budget -= tokens.count
    }

    /// Whether the step is the old one over again, so that the tables of all stages are written.
    mutating func repeatsAll(of step: inout Step) -> Bool {
        if isRepeating, entryCount == step.entryCount { return true }
        if isRepeating { cut(&step) }
        return false
    }

    /// Takes away what is left of the old step.
    mutating func cut(_ step: inout Step) {
        isRepeating = false
        step.cut(toDecodes: entryCount, blocks: blockCount)
    }
}
