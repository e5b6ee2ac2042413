package import Domain

/// What the shell must do, in this order. Payloads of more than a few words have boxes of their
/// own, so that an effect is small: most are of steps and tokens, and each is looked at often.
package enum Effect: Sendable {
    /// Run a step through the stages of its group and answer with `stepFinished` or `stepFailed`.
    case runStep(Step)
    /// The request is queued under this id, which is its own until `released`.
    case accepted(RequestID, SequenceID)
    /// The request is turned away; it never had a sequence.
    indirect case rejected(RequestID, RejectReason)
    /// Its first step is about to run.
    case started(SequenceID, cachedTokens: TokenCount)
    case emit(SequenceID, TokenID)
    /// Nothing more will be emitted.
    indirect case finished(SequenceID, FinishReason, GenerationUsage)
    /// The id may be given to another request from now on.
    case released(SequenceID)

    /// Steps of this group pass these stages from now on.
    case groupFormed(GroupID, [GroupStage])
    /// No step of this group will come; its id may name another group later.
    case groupDissolved(GroupID)
    /// Change an instance's memory, after the steps it has been given, and answer with
    /// `memoryChanged`. All or nothing: a failed change leaves the memory as it was. Old mappings
    /// are torn down when `settleMemory` comes.
    indirect case changeMemory(InstanceID, MemoryChange)
    /// Take the last change of this instance back; nothing has been written to its new pages.
    case undoMemoryChange(InstanceID)
    /// The last change stays: tear old mappings down, off the path of steps.
    case settleMemory(InstanceID)
    /// Fill units that have been mapped, steps first, and answer with `unitsLoaded`.
    indirect case loadUnits(InstanceID, [ParameterUnit], from: UnitSource)
    /// Move KV, activations first, and answer with `transferFinished`.
    case transfer(Transfer)
    /// Ask again with `tick` at this time.
    case wakeAt(Instant)
    /// Start an instance that is absent, with the whole model and an empty memory, and answer with
    /// `instanceJoined`.
    case startInstance(InstanceID)
    /// Nothing is left on the instance, and nobody asks it for anything until it is started again.
    case stopInstance(InstanceID)
    /// The present instances cannot meet the demand.
    case requestInstances(Int)
    indirect case note(Note)
}

/// Where an instance gets parameters from.
package enum UnitSource: Hashable, Sendable {
    /// Another instance that holds them and keeps them until the answer.
    case peer(InstanceID)
    /// The model's files.
    case file
}
