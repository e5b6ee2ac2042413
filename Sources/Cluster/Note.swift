package import Domain
package import Planning

/// A rare decision with its reason, for logs, counters and the event log.
package enum Note: Hashable, Sendable {
    /// Blocks ran out: the sequence gave its own back and recomputes this many tokens.
    case preempted(SequenceID, lostTokens: TokenCount)
    /// A cancelled or ended request was cancelled again.
    case cancelledUnknown(RequestID)
    /// Demand exceeds the memory; these groups are about to become one.
    case dropStarted([GroupID], into: GroupID, freeing: ByteCount, DropReason)
    /// The group serves with the memory that its members gave up.
    case dropFinished(GroupID, addedBlocks: BlockCount, took: Duration)
    /// Every member has its old memory back.
    case dropFailed(GroupID, String)
    /// Demand exceeds the memory, and no grouping frees enough.
    case noDropPlan(needed: ByteCount)
    /// The ongoing sequences of a drop have moved.
    case exchangeFinished(GroupID, sequences: Int, ByteCount, took: Duration)
    /// Pages of KV that nobody executes any more became blocks.
    case reclaimed(InstanceID, addedBlocks: BlockCount)
    case restoreStarted(GroupID, RestoreReason)
    /// The group's members serve alone again; running sequences follow them one by one.
    case restoreFinished([InstanceID], took: Duration)
    case restoreFailed(GroupID, String)
    /// Parameters come from the model's files because a peer could not give them.
    case loadedFromFile(InstanceID, String)
    /// A running sequence went from one group to another, after standing still this long.
    case relocated(SequenceID, from: GroupID, to: GroupID, ByteCount, stalled: Duration)
    /// It stayed, or starts anew: see the reason.
    case relocationAborted(SequenceID, RelocationAbort)
    case swappedOut(SequenceID, BlockCount)
    case swappedIn(SequenceID, BlockCount, waited: Duration)
    /// The instance takes nothing new; what it has moves away or ends there.
    case drainStarted(InstanceID)
    /// Nothing is left on it.
    case drainFinished(InstanceID)
    /// The instance is gone; so many sequences had part of their KV there and start anew.
    case instanceLost(InstanceID, sequences: Int)
    /// These instances have been ordered.
    case scaleOut([InstanceID], ScalingReason)
    /// The instance is emptied, and stopped when nothing is left on it.
    case scaleIn(InstanceID, ScalingReason)
    /// The instance serves another class from now on.
    case instanceConverted(InstanceID, InstanceClass, ScalingReason)
    /// It takes requests again; without a reason of the policy because no other is left.
    case scaleInCalledOff(InstanceID, ScalingReason?)
    /// The instance serves, so long after it was ordered.
    case instanceJoined(InstanceID, took: Duration)
    case instanceStartFailed(InstanceID, String)
    /// Nothing was left on it, and it is gone until it is started again.
    case instanceStopped(InstanceID)
    /// The answer to a step of a group that is no more, or has lost a member since.
    case lateStep(StepID)
    /// A command of the operator cannot be carried out now.
    case commandRefused(Command, String)

    package enum DropReason: Hashable, Sendable {
        /// Blocks that running and queued sequences need, and blocks there are.
        case overload(demand: BlockCount, capacity: BlockCount)
        case command
        /// The policy is a pipeline from the start.
        case configuration
    }

    package enum RestoreReason: Hashable, Sendable {
        /// Blocks in use and blocks there would be without the drop.
        case calm(used: BlockCount, capacity: BlockCount)
        case command
    }

    package enum RelocationAbort: Hashable, Sendable {
        /// The destination could not reserve blocks for so long that recomputing is better.
        case noRoom
        case transferFailed(String)
    }
}
