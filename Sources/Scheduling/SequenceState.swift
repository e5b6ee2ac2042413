package import Domain

/// One running generation as its group sees it: what is known, what is computed, what is held.
///
///     tokens   prompt ........ generated ....
///              0          promptCount    tokens.count
///     KV       computed ....... pending .....
///              0          computedCount
///     spans    one per blockSize slots, at least up to computedCount
///
/// `computedCount < tokens.count` always: the last known token has no KV until the step that
/// produces its successor.
package struct SequenceState: Sendable {
    package let id: SequenceID
    package let request: RequestID
    package let priority: Int
    /// Its place in the order of arrivals; never changes, so a preempted sequence keeps it.
    package let arrival: UInt64
    package let promptCount: TokenCount
    package let stop: StopConditions
    /// It gives way to others, whatever its priority and arrival.
    package let isYielding: Bool
    /// The prompt's own logprobs are wanted, so no part of it may come from the prefix cache.
    package let wantsPromptLogprobs: Bool

    package internal(set) var phase: Phase = .waiting
    package internal(set) var hasStarted = false
    package internal(set) var tokens: [TokenID]
    package internal(set) var computedCount: TokenCount = 0
    /// Tokens of the steps that are computing this sequence right now.
    package internal(set) var inFlightCount: TokenCount = 0
    package internal(set) var spans: [SpanID] = [] {
        didSet { spanCount = spans.count }
    }
    /// Kept beside them, for few steps need more, and they are seldom in the processor's cache.
    private(set) var spanCount: BlockCount = 0
    /// How many of `spans` are findable, and the prefix that ends with the last of them.
    var registeredCount: BlockCount = 0
    var registeredPrefix: PrefixID = .empty
    /// Prompt tokens that the prefix cache gave when the sequence first ran.
    package internal(set) var cachedTokens: TokenCount = 0

    package enum Phase: Hashable, Sendable {
        /// Queued, without blocks.
        case waiting
        /// Holds blocks and takes part in steps.
        case running
        /// Holds blocks and takes part in no step, while the last of its KV moves.
        case stalled
        /// Its KV lies in host memory; it holds no blocks.
        case swapped
        /// Cancelled while a step computes it; leaves when that step is finished.
        case leaving
    }

    /// - Parameters:
    ///   - id: Its slot in the sequence table.
    ///   - request: Prompt, stop conditions and priority; the prompt is not empty.
    ///   - arrival: Its place in the order of arrivals.
    ///   - isYielding: Others are served first and preempted last.
    package init(
        id: SequenceID, request: GenerationRequest, arrival: UInt64, isYielding: Bool = false
    ) {
        precondition(!request.prompt.isEmpty)
        self.id = id
        self.request = request.id
        self.arrival = arrival
        self.isYielding = isYielding
        promptCount = request.prompt.count
        stop = request.stop
        priority = request.priority
        wantsPromptLogprobs = request.sampling.promptLogprobs != nil
        tokens = request.prompt
    }

    /// Gives the memory of what it knew and held back; it is no more.
    mutating func clear() {
        tokens = []
        spans = []
    }

    /// Known tokens without KV.
    package var pendingCount: TokenCount { tokens.count - computedCount }
    /// Known tokens that neither have KV nor are being computed.
    package var plannableCount: TokenCount { tokens.count - computedCount - inFlightCount }
    package var generatedCount: TokenCount { tokens.count - promptCount }
    package var isInFlight: Bool { inFlightCount > 0 }
    /// Only its next token is missing, and no step is computing it.
    var isReadyToDecode: Bool { phase == .running && inFlightCount == 0 && pendingCount == 1 }

    package var usage: GenerationUsage {
        GenerationUsage(
            promptTokens: promptCount, generatedTokens: generatedCount, cachedTokens: cachedTokens)
    }
}
