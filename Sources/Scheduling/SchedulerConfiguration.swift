package import Domain

/// The limits of one group; names and meanings follow vLLM's flags.
package struct SchedulerConfiguration: Hashable, Sendable {
    /// Token slots per block (`--block-size`).
    package var blockSize: TokenCount = 16
    /// The most tokens, prompt and generated, of one sequence (`--max-model-len`).
    package var maxModelLength: TokenCount
    /// The most tokens one step computes (`--max-num-batched-tokens`).
    package var maxBatchedTokens: TokenCount = 512
    /// The most sequences that hold blocks at once (`--max-num-seqs`).
    package var maxRunning: Int = 256
    /// The most sequences that wait (`--max-num-queued-reqs`).
    package var maxQueued: Int = 1024
    /// Whether computed blocks stay findable (`--enable-prefix-caching`).
    package var isPrefixCaching: Bool = true
    /// Which waiting sequence is next (`--scheduling-policy`).
    package var order: QueueOrder = .firstComeFirstServed
    /// Share of all blocks that stays free when a sequence is admitted, so that those that run can
    /// grow for a while before one must be preempted (`--watermark`).
    package var watermark: Double = 0.01
    /// Steps in flight of a group of one; a pipeline has at least one per stage.
    package var maxStepsInFlight: Int = 1
    /// How a pipeline cuts prompts into steps (`--batch-formation`); `nil` fills every step with
    /// as many tokens as it may have.
    package var lookahead: Lookahead?
    /// What happens to a sequence when decoding runs out of blocks.
    package var eviction: Eviction = .recompute

    package enum Eviction: Hashable, Sendable {
        /// It gives its blocks back and computes everything again later.
        case recompute
        /// Its KV goes to host memory and comes back (as in InferCept and vLLM's swapping).
        case swap
    }

    package init(maxModelLength: TokenCount) {
        self.maxModelLength = maxModelLength
    }
}

/// The order in which waiting sequences are admitted. Preemption takes the last in this order.
package enum QueueOrder: String, Hashable, Sendable, CaseIterable {
    /// By arrival.
    case firstComeFirstServed = "fcfs"
    /// By priority value, the lowest first, then by arrival.
    case priority
}

/// A sequence's place in its group's order; smaller is served first. Whoever yields comes last.
struct Precedence: Comparable, Hashable {
    let tier: UInt8
    let priority: Int
    let arrival: UInt64

    init(of sequence: SequenceState, in order: QueueOrder) {
        tier = sequence.isYielding ? 1 : 0
        priority = order == .priority ? sequence.priority : 0
        arrival = sequence.arrival
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.tier, left.priority, left.arrival) < (right.tier, right.priority, right.arrival)
    }
}
