package import Domain

/// Everything that can happen to a cell. A request has a box of its own, so that an input is small:
/// most are ends of steps.
package enum Input: Sendable {
    indirect case submitted(GenerationRequest)
    /// The client left, or wants no more for this reason. Unknown requests are ignored: they have
    /// ended.
    case cancelled(RequestID, FinishReason)
    /// A step of a group ran; one token for each entry that samples, in the order of the entries.
    case stepFinished(StepID, of: GroupID, sampled: [TokenID])
    /// A step of a group could not run; its sequences end with this message.
    case stepFailed(StepID, of: GroupID, message: String)
    /// A memory change took place, or could not and left everything as it was.
    case memoryChanged(InstanceID, failure: String?)
    /// Units are in place, or could not be had from where they were asked for.
    case unitsLoaded(InstanceID, failure: String?)
    /// KV is in place, or the movement failed and the targets hold nothing of worth.
    case transferFinished(TransferID, failure: String?)
    /// The time asked for with `wakeAt` has come.
    case tick
    /// What an operator asks for; refusals are noted.
    case command(Command)
    /// Take nothing new; what runs and waits goes on.
    case drain
    /// An instance that was to be started is there, or could not be started.
    case instanceJoined(InstanceID, failure: String?)
    /// An instance is gone for good. Everything outstanding is still answered, with a failure where
    /// the instance was needed, but for steps of its groups and for changes and loads of its own.
    case instanceLost(InstanceID)
}

/// What an operator may ask of a cell.
package enum Command: Hashable, Sendable {
    /// Merge groups now, as an overload would; `nil` is the smallest merge there is.
    case drop(freeing: ByteCount?)
    /// Bring all parameters back as soon as the KV in use allows it.
    case restore
    /// Send an instance nothing new, and move away what it has.
    case drain(InstanceID)
    /// Start so many instances more than there are; above 0.
    case addInstances(Int)
    /// Empty an instance as `drain` does, and stop it.
    case removeInstance(InstanceID)
}
