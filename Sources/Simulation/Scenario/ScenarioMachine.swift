package import Domain
package import Scheduling

/// What computes in a scenario, with all that a cell and its costs need to know of it.
package struct ScenarioMachine: Sendable {
    /// For result files: `A800-80GB`, or the kernels of a processor.
    package var device: String
    package var model: String
    /// Where its times come from.
    package var costModel: String
    package var vocabularySize: Int
    package var maxModelLength: TokenCount
    /// Instances where a scenario does not say.
    package var instanceCount: Int
    package var blockSize: TokenCount
    /// Of each instance, with its memory as the flags want it.
    package var shape: InstanceMemoryShape
    package var costs: ClusterCosts
    /// The costs in the form by which prompts are cut into batches, and the fewest tokens that
    /// fill the device.
    package var batchCosts: BatchCostModel
    package var fillingTokens: TokenCount
    /// What the head costs beside a layer.
    package var headCost: Double

    package init(
        device: String, model: String, costModel: String, vocabularySize: Int,
        maxModelLength: TokenCount, instanceCount: Int, blockSize: TokenCount,
        shape: InstanceMemoryShape, costs: ClusterCosts, batchCosts: BatchCostModel,
        fillingTokens: TokenCount, headCost: Double
    ) {
        self.device = device
        self.model = model
        self.costModel = costModel
        self.vocabularySize = vocabularySize
        self.maxModelLength = maxModelLength
        self.instanceCount = instanceCount
        self.blockSize = blockSize
        self.shape = shape
        self.costs = costs
        self.batchCosts = batchCosts
        self.fillingTokens = fillingTokens
        self.headCost = headCost
    }

    /// A preset with the memory that `flags` give its instances.
    ///
    /// - Throws: When the weights and one block of KV do not fit into it.
    package init(_ preset: ClusterPreset, _ flags: EngineFlags) throws(ScenarioError) {
        var preset = preset
        preset.memoryUtilization = flags.gpuMemoryUtilization ?? preset.memoryUtilization
        let blockSize = flags.blockSize ?? preset.blockSize
        var shape = preset.memoryShape(blockSize: blockSize)
        if let budget = flags.memoryPerInstance { shape.setBudget(budget) }
        if let kv = flags.kvCacheMemoryBytes { shape.setKV(kv) }
        guard shape.blockCount(pagesPerLayer: shape.kvPagesPerLayer) > 0 else {
            throw ScenarioError(
                "cluster",
                "gives an instance too little memory: the weights of \(preset.model.name) take "
                    + "\(preset.model.weightBytes), and one block of KV per layer must fit too")
        }
        self.init(
            device: preset.accelerator.name, model: preset.model.name,
            costModel: "\(preset.name): \(preset.provenance)",
            vocabularySize: preset.vocabularySize, maxModelLength: preset.maxModelLength,
            instanceCount: preset.instanceCount, blockSize: blockSize, shape: shape,
            costs: preset.costs, batchCosts: preset.device.batchCosts,
            fillingTokens: preset.device.batchCosts.efficientTokens, headCost: preset.headCost)
    }
}

extension BatchCostModel {
    /// The fewest tokens of a chunk at the start of a sequence whose rate is within 10 % of the
    /// best: what `kunserve profile` finds by measuring. Fewer make prompts slower by what every
    /// step costs anyway.
    fileprivate var efficientTokens: TokenCount {
        func rate(_ tokens: TokenCount) -> Double {
            Double(tokens)
                / cost(of: PromptChunk(sequence: SequenceID(0), prefix: 0, count: tokens))
        }
        // With a cost of α(c² + c)/2 + βc + γ it is best at √(2γ/α) and rises up to there.
        let best = perPair > 0 ? (2 * perChunk / perPair).squareRoot() : .infinity
        var (low, high) = (1, max(1, TokenCount(min(best, 65_536))))
        let enough = 0.9 * rate(high)
        while low < high {
            let middle = (low + high) / 2
            if rate(middle) >= enough { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension InstanceMemoryShape {
    /// Gives KV what a budget has beside weights and workspace.
    fileprivate mutating func setBudget(_ budget: ByteCount) {
        let fixed = pageCount - kvPagesPerLayer * layerCount - sparePages
        let rest = max(0, budget.bytes / pageSize.bytes - fixed)
        kvPagesPerLayer = rest / layerCount
        sparePages = rest % layerCount
    }

    fileprivate mutating func setKV(_ bytes: ByteCount) {
        kvPagesPerLayer = bytes.bytes / layerCount / pageSize.bytes
        sparePages = 0
    }
}
