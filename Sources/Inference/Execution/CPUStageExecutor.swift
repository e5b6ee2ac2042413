internal import CKernels
package import Domain

/// A stage on this processor: its weights, KV and workspace in one budget, its threads, and the
/// forward pass. A step allocates nothing once the largest has been seen.
package final class CPUStageExecutor: StageExecutor {
    package let stage: StageRange
    package let configuration: ModelConfiguration
    package let plan: MemoryPlan
    package let tier: KernelTier
    package let pool: KernelPool
    package let memory: PagePool
    package let weights: StageWeights
    package let kv: KVCache
    /// The longest sequence.
    package let maxModelLength: TokenCount
    package let options: ExecutorOptions

    let workspace: Workspace
    private let workspaceRange: AddressRange
    let frequencies: [Double]
    var batch: Batch

    /// Plans the memory, loads the stage's units from the checkpoint and maps the KV. Throws
    /// `OptionError`, `MemoryPlanError`, `ModelFileError` or `DeviceMemoryError`.
    package init(
        _ configuration: ModelConfiguration, checkpoint: Checkpoint, stage: StageRange,
        options: ExecutorOptions,
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void = { _, _ in }
    ) throws {
        try options.validate(configuration)
        precondition(stage.layers.clamped(to: 0..<configuration.layerCount) == stage.layers)
        tier = try KernelTier(named: options.tier)
        pool = KernelPool(threadCount: options.threads ?? Platform.processorCount)
        let type = options.computeType
        let layout = StageLayout(configuration, stage: stage, type: type)
        let sizes = WorkspaceLayout(
            configuration, layout: layout, options: options, threads: pool.threadCount)
        plan = try MemoryPlan(
            configuration, layout: layout, workspace: ByteCount(sizes.byteCount),
            options: options)
        memory = try PagePool(budget: options.budget)
        workspaceRange = try memory.allocate(ByteCount(sizes.byteCount))
        workspace = Workspace(sizes, at: workspaceRange.base)
        weights = StageWeights(layout, type: type, memory: memory)
        try weights.load(stage.units, from: checkpoint, pool: pool, progress: progress)
        kv = try KVCache(
            layers: stage.layers, blockBytes: plan.blockBytes,
            limit: options.maxBlocks ?? Int(UInt32.max), memory: memory)
        try kv.grow(pages: plan.kvPagesPerLayer)
        self.stage = stage
        self.configuration = configuration
        self.options = options
        maxModelLength = options.maxModelLength ?? configuration.maxPositions
        frequencies = configuration.rotary.frequencies
        batch = Batch(rows: options.maxBatchedTokens)
    }

    package var blockCount: BlockCount { stage.layers.isEmpty ? plan.blockCount : kv.blockCount }

    /// What a stage without the embedding takes and one without the head gives, per row.
    package var hiddenSize: Int { configuration.hiddenSize }
}
