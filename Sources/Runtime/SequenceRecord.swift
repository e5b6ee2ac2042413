internal import Domain
internal import Inference

/// What the shell keeps of one request: its owner's stream, how its tokens are chosen, and when
/// things happened to it.
///
/// - Unchecked: mutable fields are touched only under the runtime's lock, except `history` and the
///   two of the prompt's logprobs, which the thread of its group's last stage also reads or writes
///   while a step computes it. Steps pass that thread one after the other; the next token waits
///   for the one before; and a sequence that changes groups is in no step. So the accesses are
///   ordered.
final class SequenceRecord: @unchecked Sendable {
    let request: GenerationRequest
    let stream: AsyncStream<GenerationEvent>.Continuation
    let arrived: Instant
    /// Tokens that penalties count; `nil` when the request has none.
    var history: TokenHistory?
    /// Prompt positions whose logprobs have been reported, so that recomputation repeats none.
    var reportedPromptCount: TokenCount = 1
    /// Prompt logprobs of the step under way.
    var promptLogprobs: [SampledToken] = []
    var generatedCount: TokenCount = 0
    var started: Instant?
    var firstToken: Instant?
    var lastToken: Instant?
    var preemptions = 0

    init(
        request: GenerationRequest, stream: AsyncStream<GenerationEvent>.Continuation,
        arrived: Instant
    ) {
        self.request = request
        self.stream = stream
        self.arrived = arrived
        if request.sampling.usesHistory { history = TokenHistory(prompt: request.prompt) }
    }

    /// Sends what a step has found out about the prompt.
    func flushPromptLogprobs() {
        guard !promptLogprobs.isEmpty else { return }
        stream.yield(.promptLogprobs(promptLogprobs))
        promptLogprobs.removeAll(keepingCapacity: true)
    }

    /// Stop tokens may not be chosen before `minTokens` are generated.
    var suppressedTokens: [TokenID] {
        generatedCount < request.stop.minTokens ? request.stop.stopTokens : []
    }
}
