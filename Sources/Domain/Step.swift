/// One microbatch through all stages of one group: any mix of prefill chunks and decodes.
///
/// The entries are plain values; token ids and block tables lie in two flat arrays beside them, so
/// that a step costs a fixed number of allocations whatever its size. All copies of a step share
/// them until one is changed: handing a step on counts one reference.
@usableFromInline
package struct Step: Sendable {
    package var id: StepID
    package var group: GroupID
    /// Stages that the step passes.
    package var stageCount: Int
    /// One element: an array as a box that copies share until one is changed.
    @usableFromInline var lists = [Lists()]

    package init(id: StepID, group: GroupID, stageCount: Int = 1) {
        self.id = id
        self.group = group
        self.stageCount = stageCount
    }

    package var entries: [StepEntry] {
        get { lists[0].entries }
        _modify {
            yield &lists[0].entries
        }
    }

    /// Input tokens of all entries, one after the other.
    package var tokens: [TokenID] {
        get { lists[0].tokens }
        _modify {
            yield &lists[0].tokens
        }
    }

    /// Block tables of all entries, one after the other, for the first stage; then the same for
    /// every further stage: (stage, entry, block). Block ids belong to the stage's instance.
    package var blocks: [BlockID] {
        get { lists[0].blocks }
        _modify {
            yield &lists[0].blocks
        }
    }

    @inlinable
    package var tokenCount: TokenCount { lists[0].tokens.count }
    @inlinable
    package var blockCount: BlockCount { lists[0].blocks.count }

    /// Length of the block tables of all entries for one stage.
    package var tableLength: Int { blockCount / stageCount }

    /// The block tables of one stage; `StepEntry.blocks` counts from their start.
    package func tables(stage: Int) -> ArraySlice<BlockID> {
        blocks[stage * tableLength..<(stage + 1) * tableLength]
    }
}

// MARK: - Writing in place

extension Step {
    @inlinable
    package var entryCount: Int { lists[0].entries.count }

    /// An entry by its place; without a reference to all of them.
    @inlinable
    package func entry(_ place: Int) -> StepEntry { lists[0].entries[place] }
    /// The same of `blocks`.
    @inlinable
    package func block(_ place: Int) -> BlockID { lists[0].blocks[place] }

    /// Lets an entry that decodes decode another token, if it is one of this sequence on so many
    /// blocks and each entry before it has one token too.
    package mutating func repeatDecode(
        at place: Int, of sequence: SequenceID, position: TokenCount, _ token: TokenID,
        blocks: BlockCount
    ) -> Bool {
        return lists[0].repeatDecode(
            at: place, of: sequence, position: position, token, blocks: blocks)
    }

    /// Adds an entry with its tokens; its block table is still to be added.
    package mutating func add(_ entry: StepEntry, _ input: ArraySlice<TokenID>) {
        if input.count == 1 {
            lists[0].tokens.append(input[input.startIndex])
        } else {
            lists[0].tokens.append(contentsOf: input)
        }
        lists[0].entries.append(entry)
    }

    @inlinable
    package mutating func addBlock(_ block: BlockID) {
        lists[0].blocks.append(block)
    }

    /// Keeps so many entries, which have a token each and so many blocks.
    package mutating func cut(toDecodes count: Int, blocks: BlockCount) {
        lists[0].entries.removeLast(lists[0].entries.count - count)
        lists[0].tokens.removeLast(lists[0].tokens.count - count)
        lists[0].blocks.removeLast(lists[0].blocks.count - blocks)
    }

    /// What copies of a step share.
    @usableFromInline
    struct Lists: Sendable {
        @usableFromInline var entries: [StepEntry] = []
        @usableFromInline var tokens: [TokenID] = []
        @usableFromInline var blocks: [BlockID] = []

        mutating func repeatDecode(
            at place: Int, of sequence: SequenceID, position: TokenCount, _ token: TokenID,
            blocks: BlockCount
        ) -> Bool {
            guard place < entries.count, entries[place].sequence == sequence,
                entries[place].blocks.count == blocks, entries[place].tokens.count == 1,
                entries[place].output == .decode
            else { return false }
            entries[place].firstPosition = position
            tokens[place] = token
            return true
        }
    }
}

/// The part of one sequence that a step computes.
@usableFromInline
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
