package import Domain

/// Everything that can happen to a cell.
package enum Input: Sendable {
    case submitted(GenerationRequest)
    /// The client left, or wants no more for this reason. Unknown requests are ignored: they have
    /// ended.
    case cancelled(RequestID, FinishReason)
    /// A step ran; one token for each entry that samples, in the order of the entries.
    case stepFinished(Step, sampled: [TokenID])
    /// A step could not run; its sequences end with this message.
    case stepFailed(Step, message: String)
    /// Take nothing new; what runs and waits goes on.
    case drain
}
