package import Domain
package import Scheduling

/// How long the things take that a cell asks for: the only knowledge of a machine that virtual
/// time has. All instances are alike.
package struct ClusterCosts: Hashable, Sendable {
    /// Seconds of a batch on an instance that executes the whole model.
    package var batch: BatchCostModel
    package var layerCount: Int
    /// What the head and the embedding cost, in layers; they are part of `batch`.
    package var headCost = 0.0
    package var embeddingCost = 0.0
    /// Into one memory, whoever sends; what arrives at the same time waits for its turn.
    package var copyBytesPerSecond: Double
    /// One change of an instance's memory map, besides the blocks that it moves. The default is
    /// what the paper gives for a drop (KunServe §4.3, 5 ms).
    package var memoryChange = Duration.milliseconds(5)
    /// What every stage adds to a step: queues, threads, activations.
    package var stepOverhead = Duration.microseconds(100)

    package init(batch: BatchCostModel, layerCount: Int, copyBytesPerSecond: Double) {
        precondition(layerCount > 0)
        self.batch = batch
        self.layerCount = layerCount
        self.copyBytesPerSecond = copyBytesPerSecond
    }

    /// By arithmetic alone, for a model that nobody has measured: a copy reads its bytes and
    /// writes them.
    package init(_ model: ModelArithmetic) {
        self.init(
            batch: BatchCostModel(model), layerCount: model.layerCount,
            copyBytesPerSecond: model.bytesPerSecond / 2)
    }
}

// MARK: - Times

extension ClusterCosts {
    /// What a stage takes for a step of this load: its share of the whole model's time.
    package func time(of load: BatchLoad, in range: StageRange) -> Duration {
        let ends = (range.hasHead ? headCost : 0) + (range.hasEmbedding ? embeddingCost : 0)
        let whole = Double(layerCount) + headCost + embeddingCost
        let share = (Double(range.layers.count) + ends) / whole
        return Self.duration(batch.cost(of: load) * share) + stepOverhead
    }

    package func time(toCopy bytes: ByteCount) -> Duration {
        bytes > .zero ? Self.duration(Double(bytes.bytes) / copyBytesPerSecond) : .zero
    }

    package func time(of change: MemoryChange, blockBytes: ByteCount) -> Duration {
        let moved = blockBytes * (change.moves.count * change.movedLayers.count)
        return memoryChange + time(toCopy: moved)
    }

    /// No single thing takes longer, so that no profile makes the clock overflow.
    private static let longest = 1e4

    private static func duration(_ seconds: Double) -> Duration {
        guard seconds > 0 else { return .zero }
        return .nanoseconds(Int64((min(seconds, longest) * 1e9).rounded(.up)))
    }
}

extension BatchLoad {
    /// What a step computes: an entry of one token that samples decodes, all others are chunks of
    /// prompts. Complexity: O(entries).
    package init(_ step: Step) {
        self.init()
        for entry in step.entries {
            if entry.tokens.count == 1, entry.output.sample {
                self += BatchLoad(decodingAfter: entry.firstPosition)
            } else {
                self += BatchLoad(
                    PromptChunk(
                        sequence: entry.sequence, prefix: entry.firstPosition,
                        count: entry.tokens.count))
            }
        }
    }
}
