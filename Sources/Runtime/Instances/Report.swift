internal import Domain

/// What instances tell the keeper of the cell. Every order to run, change, load or transfer is
/// answered by exactly one report, unless the threads are stopped before.
enum Report: Sendable {
    /// The step passed its last stage, or failed at one and went no further.
    case stepEnded(StepOrder, Result<StepSamples, any Error>)
    case memoryChanged(InstanceID, failure: String?)
    case unitsLoaded(InstanceID, failure: String?)
    /// No byte of the transfer moves any more.
    case transferFinished(TransferID, failure: String?)
    /// The instance that was to be made is at work, or could not be made.
    case instanceStarted(InstanceID, failure: String?)

    typealias Sink = @Sendable (Report) -> Void
}
