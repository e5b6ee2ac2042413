package import Cluster
package import Domain
package import Planning
package import Scheduling

/// The flags of `kunserve serve` that matter to a simulation, as far as they are given; the cluster
/// of a scenario has some, and each policy may replace them.
package struct EngineFlags: Hashable, Sendable {
    package var blockSize: TokenCount?
    package var maxModelLen: TokenCount?
    package var maxNumBatchedTokens: TokenCount?
    package var maxNumSeqs: Int?
    package var maxNumQueuedReqs: Int?
    package var enablePrefixCaching: Bool?
    package var schedulingPolicy: QueueOrder?
    package var watermark: Double?
    package var dispatchPolicy: DispatchPolicy?
    package var memoryPerInstance: ByteCount?
    package var kvCacheMemoryBytes: ByteCount?
    /// Of a preset's devices, the share that the engine takes.
    package var gpuMemoryUtilization: Double?

    package var overloadPolicy: OverloadPolicy?
    package var overloadHighWater: Double?
    package var overloadRestoreBelow: Double?
    package var overloadHorizon: Duration?
    package var overloadRestore: Bool?
    package var overloadRestoreHold: Duration?
    package var overloadMinDropped: Duration?
    package var overloadInterval: Duration?
    package var overloadMaxStages: Int?
    package var pipelineParallelSize: Int?
    package var swapSpace: ByteCount?

    package var relocationPolicy: RelocationPolicy?
    package var relocationMode: RelocationMode?
    /// Sequences on the move at once between groups that serve; with 0 they end where they are.
    package var maxLiveMoves: Int?
    package var packingPolicy: PackingPolicy?
    package var transferPolicy: TransferPolicy?
    /// Of an epoch, what an instance spends at most on what moves to it and is computed again.
    package var recomputedShare: Double?
    /// How long an instance that packing has left empty stays.
    package var packingLinger: Duration?
    package var migrateOutThreshold: Double?
    package var migrateInThreshold: Double?
    package var highPriorityBelow: Int?
    package var highPriorityLoad: TokenCount?

    package var exchangeMode: TransferMode?
    /// The share of what a drop has freed that is left to the sequences of the old groups.
    package var exchangeReserve: Double?
    package var batchFormation: BatchFormation?
    package var lookaheadPartition: Lookahead.Partition?
    /// The fewest tokens of a batch of prompts.
    package var lookaheadMinTokens: TokenCount?

    package var autoscalingPolicy: AutoscalingPolicy?
    /// What of `chiron` is at work.
    package var chironParts: ChironParts?
    package var minInstances: Int?
    /// All that there may ever be; `data-parallel-size` of them are there at the start.
    package var maxInstances: Int?
    package var autoscalingInterval: Duration?
    /// The band of `freeness-band`, and how long it must be left.
    package var scaleOutBelow: Double?
    package var scaleInAbove: Double?
    package var scalingPeriod: Duration?
    /// Of `chiron`: the share of busy instances until enough is known, the sequences that fill an
    /// instance, and how long too many instances must have been there.
    package var initialBusyShare: Double?
    package var staticBatchSize: Int?
    package var minLinger: Duration?

    package init() {}

    /// How transfers share links and instances with steps; the names are those of the flag
    /// `--exchange-mode`.
    package enum TransferMode: String, Hashable, Sendable, CaseIterable {
        /// In pieces, between which activations pass.
        case coordinated
        /// A whole transfer at once.
        case blocking
    }
}

// MARK: - Reading

extension EngineFlags {
    /// The names of the members that `init(_:)` reads.
    package static let names = [
        "block-size", "max-model-len", "max-num-batched-tokens", "max-num-seqs",
        "max-num-queued-reqs", "enable-prefix-caching", "scheduling-policy", "watermark",
        "dispatch-policy", "memory-per-instance", "kv-cache-memory-bytes",
        "gpu-memory-utilization", "overload-policy", "overload-high-water", "overload-horizon",
        "overload-restore-below", "overload-restore", "overload-restore-hold",
        "overload-min-dropped", "overload-interval", "overload-max-stages",
        "pipeline-parallel-size", "swap-space", "exchange-mode", "exchange-reserve",
        "batch-formation", "lookahead-partition", "lookahead-min-tokens", "relocation-policy",
        "relocation-mode", "max-live-moves", "migrate-out-threshold", "migrate-in-threshold",
        "high-priority-below", "high-priority-load", "packing-policy", "transfer-policy",
        "recomputed-share", "packing-linger", "autoscaling-policy", "chiron-parts", "min-instances",
        "max-instances", "autoscaling-interval", "scale-out-below", "scale-in-above",
        "scaling-period", "initial-busy-share", "static-batch-size", "min-linger",
    ]

    /// - Parameter others: What counts where the fields say nothing.
    package init(
        _ fields: ScenarioFields, over others: EngineFlags = EngineFlags()
    ) throws(ScenarioError) {
        self = others
        blockSize = try fields.integer("block-size", in: 1...4096) ?? blockSize
        maxModelLen = try fields.integer("max-model-len", in: 1...1 << 24) ?? maxModelLen
        maxNumBatchedTokens =
            try fields.integer("max-num-batched-tokens", in: 1...1 << 20) ?? maxNumBatchedTokens
        maxNumSeqs = try fields.integer("max-num-seqs", in: 1...65536) ?? maxNumSeqs
        maxNumQueuedReqs =
            try fields.integer("max-num-queued-reqs", in: 1...1 << 30) ?? maxNumQueuedReqs
        enablePrefixCaching = try fields.flag("enable-prefix-caching") ?? enablePrefixCaching
        schedulingPolicy = try fields.choice("scheduling-policy") ?? schedulingPolicy
        watermark = try fields.number("watermark", in: 0...0.99) ?? watermark
        dispatchPolicy = try fields.choice("dispatch-policy") ?? dispatchPolicy
        batchFormation = try fields.choice("batch-formation") ?? batchFormation
        exchangeMode = try fields.choice("exchange-mode") ?? exchangeMode
        lookaheadPartition = try fields.choice("lookahead-partition") ?? lookaheadPartition
        lookaheadMinTokens =
            try fields.integer("lookahead-min-tokens", in: 1...1 << 20) ?? lookaheadMinTokens
        try readMemory(fields)
        try readOverload(fields)
        try readMigration(fields)
        try readScaling(fields)
    }

    private mutating func readScaling(_ fields: ScenarioFields) throws(ScenarioError) {
        func seconds(_ name: String) throws(ScenarioError) -> Duration? {
            try fields.duration(name, unit: .seconds(1), in: 0...86_400)
        }
        autoscalingPolicy = try fields.choice("autoscaling-policy") ?? autoscalingPolicy
        chironParts = try fields.choice("chiron-parts") ?? chironParts
        minInstances = try fields.integer("min-instances", in: 1...4096) ?? minInstances
        maxInstances = try fields.integer("max-instances", in: 1...4096) ?? maxInstances
        autoscalingInterval =
            try fields.duration("autoscaling-interval", unit: .seconds(1), in: 0.01...3600)
            ?? autoscalingInterval
        scaleOutBelow = try fields.number("scale-out-below", in: -1e6...1e6) ?? scaleOutBelow
        scaleInAbove = try fields.number("scale-in-above", in: -1e6...1e6) ?? scaleInAbove
        scalingPeriod = try seconds("scaling-period") ?? scalingPeriod
        initialBusyShare = try fields.positive("initial-busy-share", upTo: 1) ?? initialBusyShare
        staticBatchSize = try fields.integer("static-batch-size", in: 1...65536) ?? staticBatchSize
        minLinger = try seconds("min-linger") ?? minLinger
    }

    private mutating func readMigration(_ fields: ScenarioFields) throws(ScenarioError) {
        relocationPolicy = try fields.choice("relocation-policy") ?? relocationPolicy
        relocationMode = try fields.choice("relocation-mode") ?? relocationMode
        maxLiveMoves = try fields.integer("max-live-moves", in: 0...4096) ?? maxLiveMoves
        packingPolicy = try fields.choice("packing-policy") ?? packingPolicy
        transferPolicy = try fields.choice("transfer-policy") ?? transferPolicy
        recomputedShare = try fields.number("recomputed-share", in: 0...1) ?? recomputedShare
        packingLinger =
            try fields.duration("packing-linger", unit: .seconds(1), in: 0...86_400)
            ?? packingLinger
        migrateOutThreshold =
            try fields.number("migrate-out-threshold", in: -1e6...1e6) ?? migrateOutThreshold
        migrateInThreshold =
            try fields.number("migrate-in-threshold", in: -1e6...1e6) ?? migrateInThreshold
        highPriorityBelow =
            try fields.integer("high-priority-below", in: -1 << 31...1 << 31) ?? highPriorityBelow
        highPriorityLoad =
            try fields.integer("high-priority-load", in: 0...1 << 40) ?? highPriorityLoad
    }

    /// One of the three says how much memory there is.
    private mutating func readMemory(_ fields: ScenarioFields) throws(ScenarioError) {
        let names = ["memory-per-instance", "kv-cache-memory-bytes", "gpu-memory-utilization"]
        let given = names.filter(fields.contains)
        guard !given.isEmpty else { return }
        guard given.count == 1 else {
            throw ScenarioError(
                fields.path, "has both \(given[0]) and \(given[1]), expected one of them")
        }
        memoryPerInstance = try fields.bytes("memory-per-instance")
        kvCacheMemoryBytes = try fields.bytes("kv-cache-memory-bytes")
        gpuMemoryUtilization = try fields.positive("gpu-memory-utilization", upTo: 1)
    }

    private mutating func readOverload(_ fields: ScenarioFields) throws(ScenarioError) {
        func seconds(_ name: String) throws(ScenarioError) -> Duration? {
            try fields.duration(name, unit: .seconds(1), in: 0...86_400)
        }
        overloadPolicy = try fields.choice("overload-policy") ?? overloadPolicy
        overloadHighWater =
            try fields.number("overload-high-water", in: 0...10) ?? overloadHighWater
        overloadRestoreBelow =
            try fields.number("overload-restore-below", in: 0...1) ?? overloadRestoreBelow
        overloadHorizon = try seconds("overload-horizon") ?? overloadHorizon
        exchangeReserve = try fields.number("exchange-reserve", in: 0...1) ?? exchangeReserve
        overloadRestore = try fields.flag("overload-restore") ?? overloadRestore
        overloadRestoreHold = try seconds("overload-restore-hold") ?? overloadRestoreHold
        overloadMinDropped = try seconds("overload-min-dropped") ?? overloadMinDropped
        overloadInterval =
            try fields.duration("overload-interval", unit: .milliseconds(1), in: 1...60_000)
            ?? overloadInterval
        overloadMaxStages =
            try fields.integer("overload-max-stages", in: 2...64) ?? overloadMaxStages
        pipelineParallelSize =
            try fields.integer("pipeline-parallel-size", in: 2...64) ?? pipelineParallelSize
        swapSpace = try fields.bytes("swap-space") ?? swapSpace
    }
}
