package import Domain

/// What the shell must do, in this order.
package enum Effect: Sendable {
    /// Run a step on its group and answer with `stepFinished` or `stepFailed`.
    case runStep(Step)
    /// The request is queued under this id, which is its own until `released`.
    case accepted(RequestID, SequenceID)
    /// The request is turned away; it never had a sequence.
    case rejected(RequestID, RejectReason)
    /// Its first step is about to run.
    case started(SequenceID, cachedTokens: TokenCount)
    case emit(SequenceID, TokenID)
    /// Nothing more will be emitted.
    case finished(SequenceID, FinishReason, GenerationUsage)
    /// The id may be given to another request from now on.
    case released(SequenceID)
    case note(Note)
}

/// A rare decision with its reason, for logs and counters.
package enum Note: Hashable, Sendable {
    /// Blocks ran out: the sequence gave its own back and recomputes this many tokens.
    case preempted(SequenceID, lostTokens: TokenCount)
    /// A cancelled or ended request was cancelled again.
    case cancelledUnknown(RequestID)
}
