package import Domain

/// Executes stages of a model on one device, in a memory whose pages may change hands between
/// weights and KV: the seam between the engine and its hardware.
///
/// Not thread-safe: one instance, one thread. Only `memoryView` is for all threads.
package protocol StageExecutor: AnyObject {
    /// What planning needs to know of the memory.
    var memoryShape: InstanceMemoryShape { get }
    /// Addresses that other threads may use to copy; constant for the executor's life.
    var memoryView: InstanceMemoryView { get }

    /// Whether the unit is in place now.
    func holds(_ unit: ParameterUnit) -> Bool
    /// Blocks that every one of these layers has memory for, from block 0 without a gap.
    func blockCount(of layers: LayerRange) -> BlockCount

    /// Runs the step's tokens through `range`, whose units are in place, with the block tables of
    /// `stage`. A range without the embedding takes `input`, (rows, hidden) as the stage before
    /// gave it; rows are the step's tokens in order.
    ///
    /// A range without the head calls `consume` once with `.hidden`; one with it calls `consume`
    /// with `.logits` for chunks of the rows that were asked for, in order, and not at all when
    /// none were. The buffers are valid during the call only.
    func run(
        _ step: Step, stage: Int, range: StageRange, input: UnsafeBufferPointer<Float>?,
        consume: (StageOutput) throws -> Void
    ) throws

    /// Gives pages of units and KV columns to other units and KV tails: all or nothing. A column
    /// that is both given up and grown stays as it is. Old mappings stay until `settle`: this
    /// maps, and never tears down.
    func apply(_ change: MemoryChange) throws(DeviceMemoryError)
    /// Takes the last change back, which had no moves and has been neither settled nor loaded
    /// into. Units and KV hold what they held, for nobody has written to the new pages.
    func undoChange()
    /// Tears down old mappings of up to `pages` pages; true when none are left. Called between
    /// steps, and only while the last change is known to stay, for it cannot be taken back then.
    func settle(pages: Int) -> Bool

    /// Fills mapped units from files. Those in place already are left alone. An error, such as a
    /// missing tensor, comes before anything is written; the units keep their pages.
    func load(_ units: [ParameterUnit], from checkpoint: Checkpoint) throws
    /// Mapped units whose bytes somebody else has copied into place.
    func unitsFilled(_ units: [ParameterUnit])
}

/// What a stage hands on.
package enum StageOutput {
    /// (rows, hidden) for the next stage.
    case hidden(UnsafeBufferPointer<Float>)
    case logits(LogitRows)
}
