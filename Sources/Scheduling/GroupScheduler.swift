package import Domain

/// What one group runs next, and which blocks each of its sequences holds.
///
/// Continuous batching with chunked prefill: every step takes one token of each decoding sequence
/// and fills the rest of its budget with prompt chunks. A sequence is admitted only when the
/// blocks of all its known tokens are free, so a half-done prompt is never preempted by its own
/// kind; when decoding runs out of blocks, the last sequence in order gives all of its own back
/// and recomputes later.
///
/// A sequence is waiting → running → (waiting again if preempted) → gone. It takes part in at most
/// one step at a time. Calls for sequences of other groups are our bugs and trap; cancelling a
/// sequence that has just ended is legal and handled by the cell.
package struct GroupScheduler: Sendable {
    package let group: GroupID
    package let configuration: SchedulerConfiguration
    package internal(set) var pool: BlockPool
    /// Sequences that hold blocks, in order of precedence.
    package internal(set) var running: [SequenceID] = []
    var waiting = WaitingQueue()
    package internal(set) var stepsInFlight = 0
    /// Blocks that admission leaves free.
    let reserve: BlockCount
    /// Prefix-cache look-ups in tokens, for the hit rate.
    package internal(set) var prefixQueriedTokens: TokenCount = 0
    package internal(set) var prefixHitTokens: TokenCount = 0

    package init(group: GroupID, configuration: SchedulerConfiguration, blockCount: BlockCount) {
        precondition(configuration.maxBatchedTokens > 0 && configuration.maxRunning > 0)
        self.group = group
        self.configuration = configuration
        pool = BlockPool(
            blockCount: blockCount, blockSize: configuration.blockSize,
            isCaching: configuration.isPrefixCaching)
        reserve = BlockCount(Double(blockCount) * configuration.watermark)
    }

    package var waitingCount: Int { waiting.count }
    package var isIdle: Bool { running.isEmpty && waiting.count == 0 && stepsInFlight == 0 }

    /// The longest sequence that fits: the model's limit, or all blocks if they hold less.
    package var maxSequenceLength: TokenCount {
        min(configuration.maxModelLength, pool.blockCount * configuration.blockSize)
    }

    /// Queues a sequence that the table holds in the waiting phase.
    package mutating func enqueue(_ id: SequenceID, in table: SequenceTable) {
        waiting.insert(table[id], order: configuration.order)
    }

    /// Takes a sequence out, wherever it is. One that a step computes right now keeps its blocks
    /// until `finish`; `true` means that it is gone already.
    package mutating func cancel(_ id: SequenceID, in table: inout SequenceTable) -> Bool {
        switch table[id].phase {
        case .waiting:
            waiting.noteRemoval(in: table, leaving: id)
            return true
        case .running where table[id].isInFlight:
            table[id].phase = .leaving
            return false
        case .running:
            remove(id, from: &table)
            return true
        case .leaving:
            return false
        }
    }

    /// Ends a running sequence and returns its blocks.
    mutating func remove(_ id: SequenceID, from table: inout SequenceTable) {
        releaseBlocks(of: &table[id])
        running.removeAll { $0 == id }
    }

    /// Returns all blocks, the last one first, so that the cache loses long prefixes before the
    /// short ones they extend.
    mutating func releaseBlocks(of sequence: inout SequenceState) {
        for block in sequence.blocks.reversed() { pool.release(block) }
        sequence.blocks.removeAll(keepingCapacity: true)
        sequence.registeredCount = 0
        sequence.registeredPrefix = .empty
    }
}
