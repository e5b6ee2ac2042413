package import Domain
internal import Scheduling

/// A cluster that a paper or many people use: devices, a model on each of them, and what connects
/// them. An instance is one logical device of `tensorParallel` real ones.
///
/// Everything that may be turned is a variable; `provenance` says which numbers others have
/// measured, which are derived, and which are assumed.
package struct ClusterPreset: Hashable, Sendable {
    /// Such as `a800-qwen2.5-14b`.
    package let name: String
    package let accelerator: Accelerator
    package let model: ModelArchitecture
    /// Devices of an instance.
    package let tensorParallel: Int
    /// With what the engine adds on the processor, `cpuPerStep` and `cpuPerSequence`.
    package var device: DeviceCostModel
    package var links: LinkCosts
    /// Instances of the cluster that it stands for.
    package var instanceCount: Int
    /// Token slots of a KV block in the engine that it stands for.
    package var blockSize: TokenCount
    package var maxModelLength: TokenCount
    /// One change of an instance's memory map (KunServe §4.3).
    package var memoryChange = Duration.milliseconds(5)
    /// What the interface adds before a client sees the first token: 15.6 ms were fitted to
    /// vLLM 0.15 in front of any model.
    package var requestOverhead = Duration.microseconds(15_600)
    /// The share of each device's memory that the engine takes.
    package var memoryUtilization = 0.9
    /// Of that, what neither weights nor KV get on each device: activations, graphs, libraries.
    package var workspace = ByteCount(2_000_000_000)
    /// One paragraph for people.
    package let provenance: String
}

// MARK: - What a cell and its simulation need

extension ClusterPreset {
    package var vocabularySize: Int { model.vocabularySize }

    package var costs: ClusterCosts {
        var costs = ClusterCosts(compute: .device(device), links: links)
        costs.memoryChange = memoryChange
        costs.requestOverhead = requestOverhead
        return costs
    }

    /// What the head costs beside a layer while sixteen sequences decode, for balanced stages.
    package var headCost: Double {
        var load = BatchLoad.zero
        load.decodes = 16
        load.decodePairs = 16 * 512
        return device.headCost(of: load)
    }

    /// How the memory of an instance is cut up: pages of 2 MiB on each device, every unit in pages
    /// of its own.
    ///
    /// - Complexity: O(layers).
    package func memoryShape(blockSize: TokenCount) -> InstanceMemoryShape {
        let pageSize = ByteCount.mebibytes(2) * tensorParallel
        func pages(_ bytes: ByteCount) -> Int {
            bytes.roundedUp(to: pageSize).bytes / pageSize.bytes
        }
        let budget = memoryUtilization * Double(accelerator.memory.bytes * tensorParallel)
        let embedding = pages(model.embeddingBytes)
        let layer = pages(model.layerBytes)
        let head = pages(model.headBytes)
        let workspace = pages(workspace * tensorParallel)
        let fixed = embedding + layer * model.layerCount + head + workspace
        let rest = max(0, Int(budget) / pageSize.bytes - fixed)
        return InstanceMemoryShape(
            pageSize: pageSize, blockBytes: model.layerKeyValueBytes * blockSize,
            embeddingPages: embedding,
            layerPages: Array(repeating: layer, count: model.layerCount), headPages: head,
            kvPagesPerLayer: rest / model.layerCount, sparePages: rest % model.layerCount,
            workspacePages: workspace, sharesEmbedding: model.sharesEmbedding)
    }
}
