internal import Cluster
internal import Domain
internal import Inference
internal import Planning
internal import Scheduling

extension EngineConfiguration {
    /// Refuses limits that no model could meet.
    func validate() throws(RuntimeError) {
        try check("--data-parallel-size", instances, 1...64)
        try check("--max-instances", mostInstances, instances...64)
        if autoscaling.controlsInstances {
            try check("--min-instances", autoscaling.minimumInstances, 1...mostInstances)
        }
        try check("--max-num-seqs", scheduler.maxRunning, 1...65536)
        try check("--max-num-batched-tokens", scheduler.maxBatchedTokens, 1...1 << 20)
        try check("--max-num-queued-reqs", scheduler.maxQueued, 1...1 << 20)
        guard !isSwapping || swapSpace <= Platform.availableMemory else {
            throw RuntimeError(
                .badOption,
                "--swap-space is \(swapSpace), but only \(Platform.availableMemory) are free")
        }
        guard (0..<1).contains(scheduler.watermark) else {
            throw RuntimeError(
                .badOption, "--watermark is \(scheduler.watermark), expected 0 to below 1")
        }
    }

    private func check(
        _ flag: String, _ value: Int, _ bounds: ClosedRange<Int>
    ) throws(RuntimeError) {
        guard bounds.contains(value) else {
            let range = "\(bounds.lowerBound) to \(bounds.upperBound)"
            throw RuntimeError(.badOption, "\(flag) is \(value), expected \(range)")
        }
    }

    /// Sequences go to host memory: all that must give way, or batch requests.
    private var isSwapping: Bool {
        overloadPolicy == .swap || autoscaling.policy == .chiron
    }

    /// Instances that there may be.
    var mostInstances: Int { maxInstances ?? instances }

    /// What each executor may use. Memory and processors are shared by as many as there may be:
    /// what an instance gets does not depend on when it comes.
    func executorOptions(
        for model: ModelConfiguration, stage: StageRange
    ) throws -> ExecutorOptions {
        let threads = threadsPerInstance ?? max(1, Platform.processorCount / mostInstances)
        var options = ExecutorOptions(budget: .zero)
        options.computeType = computeType
        options.blockSize = scheduler.blockSize
        options.maxBatchedTokens = scheduler.maxBatchedTokens
        options.maxModelLength = maxModelLength
        options.threads = threads
        options.tier = kernelTier
        options.budget =
            switch memory {
            case .budget(let bytes): bytes
            case .kvCache(let bytes):
                try MemoryPlan.budget(model, stage: stage, options: options, kv: bytes)
            case .automatic:
                try MemoryPlan.budget(
                    model, stage: stage, options: options, kv: automaticCache(for: model))
            }
        return options
    }

    private func automaticCache(for model: ModelConfiguration) -> ByteCount {
        let perToken = model.kvBytesPerToken(computeType) * model.layerCount
        let length = min(maxModelLength ?? model.maxPositions, model.maxPositions)
        let wanted = ByteCount(perToken * length) * scheduler.maxRunning
        let share = ByteCount(Platform.availableMemory.bytes / 2 / mostInstances)
        return min(wanted, share, .gibibytes(4))
    }

    /// The cell over executors with such a memory. A model longer than the KV of one instance is
    /// refused if the length was asked for, and served up to what fits if not.
    ///
    /// - Parameter loadTime: What it took to make an instance.
    func cell(
        for model: ModelConfiguration, shape: InstanceMemoryShape, loadTime: Duration
    ) throws(RuntimeError) -> CellConfiguration {
        var cell = CellConfiguration(
            scheduler: scheduler, vocabularySize: model.vocabularySize,
            instances: Array(repeating: shape, count: mostInstances))
        cell.startInstances = instances
        cell.autoscaling = autoscaling
        cell.autoscaling.maximumInstances = mostInstances
        cell.autoscaling.assumedLoadTime = loadTime
        let slots = (cell.blockCounts.min() ?? 0) * scheduler.blockSize
        if let maxModelLength, maxModelLength > slots {
            throw RuntimeError(
                .outOfMemory,
                "--max-model-len is \(maxModelLength), but the KV cache of an instance holds "
                    + "\(slots) tokens; give it more memory or a smaller length")
        }
        cell.scheduler.maxModelLength = min(maxModelLength ?? model.maxPositions, slots)
        cell.scheduler.lookahead = batchFormation == .lookahead ? lookahead(for: model) : nil
        cell.dispatch = dispatch
        cell.overloadPolicy = overloadPolicy
        cell.overload = overload
        cell.relocationPolicy = relocationPolicy
        cell.packingPolicy = packingPolicy
        cell.packing = packing
        cell.instancesPerNode = mostInstances
        cell.migration = migration
        cell.relocation = relocation
        cell.pipelineStages = pipelineStages
        if isSwapping {
            cell.hostBlocks = swapSpace.bytes / (shape.blockBytes.bytes * shape.layerCount)
        }
        cell.headCost = headCost(shape)
        return cell
    }

    /// Batches of equal cost.
    private func lookahead(for model: ModelConfiguration) -> Lookahead {
        Lookahead(
            costs: profile?.costs ?? BatchCostModel(ModelArithmetic(model)),
            minTokens: max(profile?.minTokens ?? 0, Self.fillingTokens),
            maxTokens: scheduler.maxBatchedTokens)
    }

    /// Prompt tokens that fill a processor's kernels and outweigh handing a step on.
    private static let fillingTokens = 64

    /// What the head costs beside a layer when one token is decoded: reading its matrix, which is
    /// the embedding's where they are one. The embedding itself is a look-up.
    private func headCost(_ shape: InstanceMemoryShape) -> Double {
        let layer = Double(shape.layerPages.reduce(0, +)) / Double(shape.layerCount)
        let head = shape.headPages + (shape.sharesEmbedding ? shape.embeddingPages : 0)
        return layer > 0 ? Double(head) / layer : 0
    }
}
