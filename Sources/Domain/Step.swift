/// One microbatch through all stages of one group: any mix of prefill chunks and decodes.
///
/// The entries are plain values; token ids and block tables lie in two flat arrays beside them, so
/// that a step costs a fixed number of allocations whatever its size.
package struct Step: Sendable {
    package var id: StepID
    package var group: GroupID
    package var entries: [StepEntry] = []
    /// Input tokens of all entries, one after the other.
    package var tokens: [TokenID] = []
    /// Block tables of all entries, one after the other, for the first stage; then the same for
    /// every further stage: (stage, entry, block). Block ids belong to the stage's instance.
    package var blocks: [BlockID] = []
    /// Stages that the step passes.
    package var stageCount: Int

    package init(id: StepID, group: GroupID, stageCount: Int = 1) {
        self.id = id
        self.group = group
        self.stageCount = stageCount
    }

    /// Length of the block tables of all entries for one stage.
    package var tableLength: Int { blocks.count / stageCount }

    /// The block tables of one stage; `StepEntry.blocks` counts from their start.
    package func tables(stage: Int) -> ArraySlice<BlockID> {
        blocks[stage * tableLength..<(stage + 1) * tableLength]
    }
}

/// The part of one sequence that a step computes.
package struct StepEntry: Hashable, Sendable {
    package var sequence: SequenceID
    /// Position of the first token in the sequence, counted from 0.
    package var firstPosition: TokenCount
    /// Its tokens, as a range of `Step.tokens`.
    package var tokens: Range<Int>
    /// Its block table from the sequence's first token to the last one of this entry, as a range
    /// of the block tables of any stage.
    package var blocks: Range<Int>
    package var output: StepOutput

    package init(
        sequence: SequenceID,
        firstPosition: TokenCount,
        tokens: Range<Int>,
        blocks: Range<Int>,
        output: StepOutput
    ) {
        self.sequence = sequence
        self.firstPosition = firstPosition
        self.tokens = tokens
        self.blocks = blocks
        self.output = output
    }
}

/// Which rows of logits an entry needs. `sample` is set when the entry's last token is the last
/// one known, so its logits choose the next token.
package struct StepOutput: Hashable, Sendable {
    package var sample: Bool
    /// The logits of every row are wanted, for the logprobs of the prompt tokens that follow.
    package var promptLogprobs: Bool

    package init(sample: Bool, promptLogprobs: Bool) {
        self.sample = sample
        self.promptLogprobs = promptLogprobs
    }

    /// The next token is wanted.
    package static let decode = StepOutput(sample: true, promptLogprobs: false)
    /// Nothing but the KV is wanted.
    package static let none = StepOutput(sample: false, promptLogprobs: false)
}
