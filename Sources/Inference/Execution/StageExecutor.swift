package import Domain

/// Executes one stage of a model on one device: the seam between the engine and its hardware.
///
/// Not thread-safe: one instance, one thread.
package protocol StageExecutor: AnyObject {
    var stage: StageRange { get }
    /// KV blocks there is memory for; every block id of a step is below it.
    var blockCount: BlockCount { get }

    /// Runs the step's tokens through the stage. A stage without the embedding takes `input`,
    /// (rows, hidden) as the stage before gave it; rows are the step's tokens in order.
    ///
    /// A stage without the head calls `consume` once with `.hidden`; one with it calls `consume`
    /// with `.logits` for chunks of the rows that were asked for, in order, and not at all when
    /// none were. The buffers are valid during the call only.
    func run(
        _ step: Step, input: UnsafeBufferPointer<Float>?, consume: (StageOutput) throws -> Void
    ) throws
}

/// What a stage hands on.
package enum StageOutput {
    /// (rows, hidden) for the next stage.
    case hidden(UnsafeBufferPointer<Float>)
    case logits(LogitRows)
}
