/// How the devices of an instance add up their results.
package enum Collectives: String, Hashable, Sendable, CaseIterable {
    /// The engine's own kernels inside a captured graph, as in engines since 2024.
    case captured
    /// One library call each, with 20 µs to launch it, as in engines of 2023.
    case launched
}

extension DeviceCostModel {
    /// From the tables, scaled to the device: what reads memory by its bandwidth, what computes by
    /// its rate; what launching takes stays. `nil` if nobody has measured the model's layers on
    /// that device and so many parts.
    ///
    /// - Complexity: O(rows of the tables).
    package init?(
        _ accelerator: Accelerator, _ model: ModelArchitecture, tensorParallel: Int = 1,
        collectives: Collectives = .captured
    ) {
        let device = accelerator.measured
        guard tensorParallel > 0, model.headCount % tensorParallel == 0 else { return nil }
        let heads = model.headCount / tensorParallel
        let keyValueHeads = max(1, model.keyValueHeadCount / tensorParallel)
        guard
            let linear = CostTables.linearCost(
                device, model.tables, tensorParallel: tensorParallel),
            let prefill = CostTables.prefillCost(
                device, heads: heads, keyValueHeads: keyValueHeads),
            let decode = CostTables.decodeCost(
                device, heads: heads, keyValueHeads: keyValueHeads)
        else { return nil }
        if tensorParallel > 1 {
            guard
                let row = CostTables.allReduceRow(
                    device, tensorParallel: tensorParallel, collectives)
            else { return nil }
            allReduce = AllReduce(
                hiddenSize: model.hiddenSize, small: row.small, large: row.large,
                share: accelerator.linkShare)
        } else {
            allReduce = nil
        }
        layerCount = model.layerCount
        self.linear = linear.scaled(to: accelerator)
        self.prefill = prefill.scaled(to: accelerator)
        self.decode = decode.scaled(to: accelerator)
        head = Head(model, of: accelerator, tensorParallel: tensorParallel)
    }
}

extension DeviceCostModel.Linear {
    fileprivate func scaled(to accelerator: Accelerator) -> Self {
        Self(
            reading: reading.scaled(by: 1 / accelerator.memoryShare),
            arithmetic: arithmetic.scaled(by: 1 / accelerator.arithmeticShare))
    }
}

extension DeviceCostModel.Line {
    fileprivate func scaled(by factor: Double) -> Self {
        Self(base: base * factor, perToken: perToken * factor)
    }
}

extension DeviceCostModel.Prefill {
    fileprivate func scaled(to accelerator: Accelerator) -> Self {
        Self(
            perStep, perToken / accelerator.memoryShare, perPair / accelerator.arithmeticShare)
    }
}

extension DeviceCostModel.Decode {
    fileprivate func scaled(to accelerator: Accelerator) -> Self {
        Self(
            floor, perStep, perSequence / accelerator.memoryShare,
            perContextToken / accelerator.memoryShare)
    }
}

extension DeviceCostModel.Head {
    /// Two bytes and two operations for every element of the device's share.
    fileprivate init(
        _ model: ModelArchitecture, of accelerator: Accelerator, tensorParallel: Int
    ) {
        let elements = Double(model.vocabularySize * model.hiddenSize) / Double(tensorParallel)
        self.init(
            reading: 2 * elements / accelerator.bandwidth,
            perSequence: 2 * elements / accelerator.rate)
    }
}
