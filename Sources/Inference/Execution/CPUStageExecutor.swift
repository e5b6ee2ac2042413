internal import CKernels
package import Domain

/// A model, or a stage of one, on this processor: its weights, KV and workspace in one budget, its
/// threads, and the forward pass. A step allocates nothing once the largest has been seen.
package final class CPUStageExecutor: StageExecutor {
    /// The units it started with.
    package let stage: StageRange
    package let configuration: ModelConfiguration
    /// How the memory was divided at the start.
    package let plan: MemoryPlan
    package let memoryShape: InstanceMemoryShape
    package let memoryView: InstanceMemoryView
    package let tier: KernelTier
    package let pool: KernelPool
    package let memory: PagePool
    package let weights: StageWeights
    package let kv: KVCache
    /// The longest sequence.
    package let maxModelLength: TokenCount
    package let options: ExecutorOptions

    let workspace: Workspace
    let workspaceRange: AddressRange
    let frequencies: [Double]
    var batch: Batch
    /// What the units were before the last change, while it can be taken back.
    var statesBeforeChange: [StageWeights.UnitState]?

    /// Plans the memory, loads units from the checkpoint and maps the KV. Throws `OptionError`,
    /// `MemoryPlanError`, `ModelFileError` or `DeviceMemoryError`.
    ///
    /// - Parameter units: Those to be loaded, of the stage's; `nil` is all. The others have pages
    ///   and wait for `load`.
    package convenience init(
        _ configuration: ModelConfiguration, checkpoint: Checkpoint, stage: StageRange,
        options: ExecutorOptions, loading units: [ParameterUnit]? = nil,
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void = { _, _ in }
    ) throws {
        try self.init(
            configuration, checkpoint: checkpoint, stage: stage, options: options, loading: units,
            mapping: PagePool.Mapping(), progress: progress)
    }

    init(
        _ configuration: ModelConfiguration, checkpoint: Checkpoint, stage: StageRange,
        options: ExecutorOptions, loading units: [ParameterUnit]? = nil,
        mapping: PagePool.Mapping,
        progress: (_ done: ByteCount, _ total: ByteCount) -> Void = { _, _ in }
    ) throws {
        try options.validate(configuration)
        precondition(stage.layers.clamped(to: 0..<configuration.layerCount) == stage.layers)
        tier = try KernelTier(named: options.tier)
        pool = KernelPool(threadCount: options.threads ?? Platform.processorCount)
        let layout = StageLayout(configuration, stage: stage, type: options.computeType)
        let sizes = WorkspaceLayout(
            configuration, layout: layout, options: options, threads: pool.threadCount)
        plan = try MemoryPlan(
            configuration, layout: layout, workspace: ByteCount(sizes.byteCount),
            options: options)
        memoryShape = plan.shape(of: configuration, maxBlocks: options.maxBlocks)
        memory = try PagePool(budget: options.budget, pageSize: nil, mapping: mapping)
        workspaceRange = try memory.allocate(ByteCount(sizes.byteCount))
        workspace = Workspace(sizes, at: workspaceRange.base)
        let weights = try StageWeights(layout, type: options.computeType, memory: memory)
        self.weights = weights
        try weights.load(
            units ?? stage.units, from: checkpoint, pool: pool, progress: progress)
        kv = try KVCache(
            layers: stage.layers, blockBytes: plan.blockBytes, limit: memoryShape.maxBlocks,
            memory: memory)
        try kv.fill(columns: plan.kvPagesPerLayer)
        memoryView = InstanceMemoryView(
            layerCount: configuration.layerCount, kv: kv,
            units: Dictionary(
                uniqueKeysWithValues: stage.units.map { ($0, weights.bytes(of: $0)) }))
        self.stage = stage
        self.configuration = configuration
        self.options = options
        maxModelLength = options.maxModelLength ?? configuration.maxPositions
        frequencies = configuration.rotary.frequencies
        batch = Batch(rows: options.maxBatchedTokens)
    }

    package func blockCount(of layers: LayerRange) -> BlockCount { kv.blockCount(of: layers) }

    package func holds(_ unit: ParameterUnit) -> Bool { weights.holds(unit) }

    /// What a stage without the embedding takes and one without the head gives, per row.
    package var hiddenSize: Int { configuration.hiddenSize }
}
