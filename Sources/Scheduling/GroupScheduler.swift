package import Domain

/// What one group runs next, and which blocks each of its sequences holds.
///
/// Continuous batching with chunked prefill: every step takes one token of each decoding sequence
/// and fills the rest of its budget with prompt chunks. A sequence is admitted only when the
/// blocks of all its known tokens are free, so a half-done prompt is never preempted by its own
/// kind; when decoding runs out of blocks, the last sequence in order gives all of its own back
/// and recomputes later.
///
/// A group of k stages keeps k steps in flight. Steps pass every stage in order, so the next chunk
/// of a prompt may follow before the last one has arrived; a sequence that waits for its next
/// token is in one step at a time.
///
/// A sequence is waiting → running → (waiting again if preempted) → gone. Calls for sequences of
/// other groups are our bugs and trap; cancelling a sequence that has just ended is legal and
/// handled by the cell.
package struct GroupScheduler: Sendable {
    package let group: GroupID
    package let stages: [GroupStage]
    /// It has several stages.
    package let isPipeline: Bool
    package let configuration: SchedulerConfiguration
    package var pool: SpanPool
    /// Sequences that hold blocks, in order of precedence.
    package internal(set) var running: [SequenceID] = []
    var waiting = WaitingQueue()
    package internal(set) var waitingCount = 0
    /// Steps that run and steps that are over, whose arrays serve again: one more than may be in
    /// flight, for whoever told us that the last one is over may still hold it.
    var batches: [PlannedBatch]
    package internal(set) var stepsInFlight = 0
    /// More than these are not planned.
    package let maxStepsInFlight: Int
    /// New sequences may join.
    package var isAccepting = true
    /// Steps may be planned.
    package var isRunning = true
    /// Spans that admission leaves to others for now.
    package var setAside: BlockCount = 0
    /// The most sequences that each member runs at once now.
    package var batchLimit: Int
    /// Sequences that stand still. Most are about to leave, so they take nobody's seat.
    package internal(set) var stalledCount = 0
    /// Spans that the waiting sequences need for what is known of them.
    package internal(set) var waitingSpans: BlockCount = 0
    /// The first waiting sequence found too few blocks when it was last looked at; otherwise those
    /// that wait do so for room in a step.
    package internal(set) var lacksBlocks = false
    /// Tokens of prompts in the step that ended last.
    package internal(set) var lastPromptCount: TokenCount = 0
    /// Prefix-cache look-ups in tokens, for the hit rate.
    package internal(set) var prefixQueriedTokens: TokenCount = 0
    package internal(set) var prefixHitTokens: TokenCount = 0
    /// Reused between steps.
    var chunks: [PromptChunk] = []
    var batch: [PromptChunk] = []
    var draft = StepDraft(slot: 0, budget: 0)

    /// - Parameters:
    ///   - group: Its id.
    ///   - stages: Its members in order; their ranges make up the model.
    ///   - configuration: Its limits; those per instance hold for each member.
    package init(group: GroupID, stages: [GroupStage], configuration: SchedulerConfiguration) {
        precondition(configuration.maxBatchedTokens > 0 && configuration.maxRunning > 0)
        self.group = group
        self.stages = stages
        isPipeline = stages.count > 1
        self.configuration = configuration
        pool = SpanPool(
            instances: stages.map(\.instance), blockSize: configuration.blockSize,
            isCaching: configuration.isPrefixCaching)
        maxStepsInFlight = max(configuration.maxStepsInFlight, stages.count)
        batchLimit = configuration.maxRunning
        batches = Array(
            repeating: PlannedBatch(group: group, stageCount: stages.count),
            count: maxStepsInFlight + 1)
    }

    /// The step that was planned last is under way and takes as many tokens as one may: a prompt
    /// that comes now waits for more than its end.
    package var isStepFull: Bool { stepsInFlight > 0 && draft.budget == 0 }

    package func isInFlight(_ step: StepID) -> Bool { slot(of: step) != nil }

    /// The place of a step in flight. Complexity: O(steps in flight).
    func slot(of step: StepID) -> Int? {
        for slot in batches.indices
        where batches[slot].isInFlight && batches[slot].step.id == step {
            return slot
        }
        return nil
    }

    package var isIdle: Bool { running.isEmpty && waitingCount == 0 && stepsInFlight == 0 }

    /// The most sequences that run at once.
    package var maxRunning: Int { batchLimit * stages.count }

    /// Sequences that hold blocks and are not about to leave.
    package var seatedCount: Int { running.count - stalledCount }

    /// Spans that `tokens` slots take.
    package func spansNeeded(for tokens: TokenCount) -> BlockCount {
        blocksNeeded(for: tokens, blockSize: configuration.blockSize)
    }

    /// Queues a sequence that the table holds in the waiting phase.
    package mutating func enqueue(_ id: SequenceID, in table: SequenceTable) {
        waiting.insert(table[id], order: configuration.order)
        waitingCount = waiting.count
        waitingSpans += spansNeeded(for: table[id].tokens.count)
    }

    /// Takes every waiting sequence out, in order of precedence.
    package mutating func takeWaiting(from table: SequenceTable) -> [SequenceID] {
        var taken: [SequenceID] = []
        while let id = waiting.first(in: table) {
            removeFirstWaiting(table[id])
            taken.append(id)
        }
        return taken
    }

    /// The next sequence to be admitted.
    package mutating func firstWaiting(in table: SequenceTable) -> SequenceID? {
        waiting.first(in: table)
    }

    mutating func removeFirstWaiting(_ sequence: SequenceState) {
        waiting.removeFirst()
        waitingCount = waiting.count
        waitingSpans -= spansNeeded(for: sequence.tokens.count)
    }

    /// Takes a sequence out, wherever it is. One that a step computes right now keeps its blocks
    /// until `finish`; `true` means that it is gone already.
    package mutating func cancel(
        _ id: SequenceID, in table: inout SequenceTable, _ stores: inout [BlockStore]
    ) -> Bool {
        switch table[id].phase {
        case .waiting:
            waiting.noteRemoval(in: table, leaving: id)
            waitingCount = waiting.count
            waitingSpans -= spansNeeded(for: table[id].tokens.count)
            return true
        case .running, .stalled:
            if table[id].isInFlight {
                if table[id].phase == .stalled { stalledCount -= 1 }
                table[id].phase = .leaving
                return false
            }
            remove(id, from: &table, &stores)
            return true
        case .leaving:
            return false
        case .swapped:
            return true
        }
    }

    /// Takes a running sequence out and returns its blocks.
    package mutating func remove(
        _ id: SequenceID, from table: inout SequenceTable, _ stores: inout [BlockStore]
    ) {
        releaseSpans(of: &table[id], &stores)
        if table[id].phase == .stalled { stalledCount -= 1 }
        if let position = running.firstIndex(of: id) { running.remove(at: position) }
    }

    /// Returns all spans, the last one first, so that the cache loses long prefixes before the
    /// short ones they extend.
    mutating func releaseSpans(of sequence: inout SequenceState, _ stores: inout [BlockStore]) {
        for span in sequence.spans.reversed() { pool.release(span, &stores) }
        sequence.spans.removeAll(keepingCapacity: true)
        sequence.registeredCount = 0
        sequence.registeredPrefix = .empty
    }
}
