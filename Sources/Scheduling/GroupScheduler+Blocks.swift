internal import Domain

extension GroupScheduler {
    /// Blocks that a sequence lacks to hold `tokens` slots.
    func missingBlocks(for tokens: TokenCount, _ sequence: SequenceState) -> BlockCount {
        max(
            0,
            blocksNeeded(for: tokens, blockSize: configuration.blockSize) - sequence.blocks.count)
    }

    func hasRoom(for tokens: TokenCount, _ sequence: SequenceState) -> Bool {
        missingBlocks(for: tokens, sequence) <= pool.freeCount
    }

    /// Gives a sequence the blocks of all its known tokens, which the caller knows to be free.
    mutating func reserveBlocks(for sequence: inout SequenceState) {
        for _ in 0..<missingBlocks(for: sequence.tokens.count, sequence) {
            guard let block = pool.allocate() else { preconditionFailure("no free block") }
            sequence.blocks.append(block)
        }
    }

    /// Lets a sequence without blocks hold the cached blocks of its longest known prefix. At least
    /// one token stays to be computed, for its logits choose the next one.
    mutating func shareCachedPrefix(with sequence: inout SequenceState) {
        precondition(sequence.blocks.isEmpty && sequence.computedCount == 0)
        guard configuration.isPrefixCaching, !sequence.wantsPromptLogprobs else { return }
        let size = configuration.blockSize
        var prefix = PrefixID.empty
        for index in 0..<((sequence.tokens.count - 1) / size) {
            let tokens = sequence.tokens[index * size..<(index + 1) * size]
            guard let found = pool.find(tokens, after: prefix) else { break }
            pool.retain(found.block)
            sequence.blocks.append(found.block)
            prefix = found.prefix
        }
        sequence.registeredCount = sequence.blocks.count
        sequence.registeredPrefix = prefix
        sequence.computedCount = sequence.blocks.count * size
    }

    /// Makes the blocks that have become full findable.
    mutating func registerFullBlocks(of sequence: inout SequenceState) {
        guard configuration.isPrefixCaching else { return }
        let size = configuration.blockSize
        while (sequence.registeredCount + 1) * size <= sequence.computedCount {
            let index = sequence.registeredCount
            sequence.registeredPrefix = pool.register(
                sequence.blocks[index], after: sequence.registeredPrefix,
                tokens: sequence.tokens[index * size..<(index + 1) * size])
            sequence.registeredCount += 1
        }
    }

    /// Preempts the last running sequence that no step computes: its blocks are returned and it
    /// waits in its old place. `false` when there is none.
    mutating func preemptLast(
        _ table: inout SequenceTable, _ events: inout [SchedulingEvent]
    ) -> Bool {
        let candidate = running.lastIndex { table[$0].phase == .running && !table[$0].isInFlight }
        guard let position = candidate else { return false }
        let id = running.remove(at: position)
        releaseBlocks(of: &table[id])
        events.append(.preempted(id, lostTokens: table[id].computedCount))
        table[id].computedCount = 0
        table[id].phase = .waiting
        waiting.insert(table[id], order: configuration.order)
        return true
    }
}
