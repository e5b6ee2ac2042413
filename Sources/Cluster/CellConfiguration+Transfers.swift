internal import Domain
package import Planning
package import Scheduling

extension CellConfiguration {
    /// Lets packing know what moves may load.
    ///
    /// - Parameters:
    ///   - costs: What a step takes on an instance.
    ///   - near: Bytes per second between instances of a machine.
    ///   - far: Bytes per second between machines, for each instance.
    package mutating func profileTransfers(_ costs: BatchCostModel, near: Double, far: Double) {
        packing.transfers = TransferProfile(
            nearBytesPerSecond: near, farBytesPerSecond: far,
            computation: ComputationBoundary(
                costs, epoch: packing.epoch, share: packing.recomputedShare,
                mostSequences: scheduler.maxRunning))
    }
}

extension ComputationBoundary {
    /// By a cost model: what prolongs an epoch's decoding by the share, as one prompt; all that an
    /// instance can do where nobody decodes (own choice: Mell measures and says no numbers).
    package init(
        _ costs: BatchCostModel, epoch: Duration, share: Double, mostSequences: Int
    ) {
        let seconds = epoch / .seconds(1)
        let doublings = (0...).lazy.map { 1 << $0 }.prefix { $0 < 2 * mostSequences }
        let batches = [0] + doublings
        self.init(
            batches.map { batch in
                let limit = batch == 0 ? seconds : seconds * share
                return Point(
                    batch: batch, tokens: costs.promptTokens(beside: batch, within: limit))
            })
    }
}

extension BatchCostModel {
    /// The longest prompt that makes a step with so many decodes longer by no more than `limit`
    /// seconds. Complexity: O(log tokens).
    fileprivate func promptTokens(beside decodes: Int, within limit: Double) -> TokenCount {
        var load = BatchLoad.zero
        load.decodes = decodes
        let alone = cost(of: load)
        var (low, high) = (0, 1 << 20)
        while low < high {
            let middle = (low + high + 1) / 2
            let prompt = PromptChunk(sequence: SequenceID(0), prefix: 0, count: middle)
            if cost(of: load + BatchLoad(prompt)) - alone <= limit {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return low
    }
}
