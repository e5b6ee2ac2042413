package import Domain
package import Scheduling

/// How long an instance computes.
package enum ComputeCosts: Hashable, Sendable {
    /// As measured by `kunserve profile`, or by arithmetic.
    case fitted(FittedCosts)
    /// From the tables of a measured device.
    indirect case device(DeviceCostModel)

    package var layerCount: Int {
        switch self {
        case .fitted(let costs): costs.layerCount
        case .device(let model): model.layerCount
        }
    }

    /// What a stage takes for a step of this load, in nanoseconds. Complexity: O(1).
    package func nanoseconds(of load: BatchLoad, in range: StageRange) -> Int64 {
        switch self {
        case .fitted(let costs): costs.nanoseconds(of: load, in: range)
        case .device(let model): Duration.nanoseconds(ofCost: model.seconds(of: load, in: range))
        }
    }
}

/// A stage takes its share of what the whole model takes.
package struct FittedCosts: Hashable, Sendable {
    /// Seconds of a batch on an instance that executes the whole model.
    package var batch: BatchCostModel
    package var layerCount: Int
    /// What the head and the embedding cost, in layers; they are part of `batch`.
    package var headCost = 0.0
    package var embeddingCost = 0.0
    /// What every stage adds to a step: queues, threads, activations.
    package var stepOverhead = Duration.microseconds(100)

    package init(batch: BatchCostModel, layerCount: Int) {
        precondition(layerCount > 0)
        self.batch = batch
        self.layerCount = layerCount
    }

    /// By arithmetic alone, for a model that nobody has measured.
    package init(_ model: ModelArithmetic) {
        self.init(batch: BatchCostModel(model), layerCount: model.layerCount)
    }

    /// Complexity: O(1).
    package func time(of load: BatchLoad, in range: StageRange) -> Duration {
        .nanoseconds(nanoseconds(of: load, in: range))
    }

    /// The same in nanoseconds.
    func nanoseconds(of load: BatchLoad, in range: StageRange) -> Int64 {
        let ends = (range.hasHead ? headCost : 0) + (range.hasEmbedding ? embeddingCost : 0)
        let whole = Double(layerCount) + headCost + embeddingCost
        let share = (Double(range.layers.count) + ends) / whole
        return Duration.nanoseconds(ofCost: batch.cost(of: load) * share)
            + stepOverhead.nanoseconds
    }
}

extension ModelArithmetic {
    /// A copy reads its bytes and writes them.
    package var copyBytesPerSecond: Double { bytesPerSecond / 2 }
}
