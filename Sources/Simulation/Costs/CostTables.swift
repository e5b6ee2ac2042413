/// Fitted coefficients of measured devices, in seconds; the rows are generated. Where the
/// measurements come from: docs/data-sources.md.
enum CostTables {
    /// All of a layer but attention and all-reduce, on one device of so many.
    struct LinearRow: Sendable {
        let device: MeasuredDevice
        let model: String
        let tensorParallel: Int
        let cost: DeviceCostModel.Linear

        init(
            _ device: MeasuredDevice, _ model: String, _ tensorParallel: Int, _ reading: Double,
            _ readingPerToken: Double, _ arithmetic: Double, _ arithmeticPerToken: Double
        ) {
            self.device = device
            self.model = model
            self.tensorParallel = tensorParallel
            cost = DeviceCostModel.Linear(
                reading: DeviceCostModel.Line(base: reading, perToken: readingPerToken),
                arithmetic: DeviceCostModel.Line(base: arithmetic, perToken: arithmeticPerToken))
        }
    }

    /// Attention in one layer, by the heads of one device.
    struct AttentionRow: Sendable {
        let device: MeasuredDevice
        let heads: Int
        let keyValueHeads: Int
        let prefill: DeviceCostModel.Prefill
        let decode: DeviceCostModel.Decode?

        init(
            _ device: MeasuredDevice, _ heads: Int, _ keyValueHeads: Int,
            _ prefill: DeviceCostModel.Prefill, _ decode: DeviceCostModel.Decode?
        ) {
            self.device = device
            self.heads = heads
            self.keyValueHeads = keyValueHeads
            self.prefill = prefill
            self.decode = decode
        }
    }

    /// One all-reduce over so many devices.
    struct AllReduceRow: Sendable {
        let device: MeasuredDevice
        let tensorParallel: Int
        let small: AllReduce.Message
        let large: AllReduce.Message

        init(
            _ device: MeasuredDevice, _ tensorParallel: Int, _ small: AllReduce.Message,
            _ large: AllReduce.Message
        ) {
            self.device = device
            self.tensorParallel = tensorParallel
            self.small = small
            self.large = large
        }
    }
}

extension DeviceCostModel.Prefill {
    init(_ perStep: Double, _ perToken: Double, _ perPair: Double) {
        self.init(perStep: perStep, perToken: perToken, perPair: perPair)
    }
}

extension DeviceCostModel.Decode {
    init(_ floor: Double, _ perStep: Double, _ perSequence: Double, _ perContextToken: Double) {
        self.init(
            floor: floor, perStep: perStep, perSequence: perSequence,
            perContextToken: perContextToken)
    }
}

extension AllReduce.Message {
    init(_ floor: Double, _ base: Double, _ perByte: Double) {
        self.init(floor: floor, base: base, perByte: perByte)
    }
}

// MARK: - Rows that are not there

extension CostTables {
    /// - Parameter models: What the model is called, the best name first.
    /// - Complexity: O(rows).
    static func linearCost(
        _ device: MeasuredDevice, _ models: [String], tensorParallel: Int
    ) -> DeviceCostModel.Linear? {
        for model in models {
            let row = linear.first {
                $0.device == device && $0.model == model && $0.tensorParallel == tensorParallel
            }
            if let row { return row.cost }
        }
        return nil
    }

    /// Work is in proportion to the heads: those of the table that come nearest from below.
    /// Complexity: O(rows).
    static func prefillCost(
        _ device: MeasuredDevice, heads: Int, keyValueHeads: Int
    ) -> DeviceCostModel.Prefill? {
        let rows = attention.filter { $0.device == device && $0.heads <= heads }
        if let row = rows.first(where: { $0.heads == heads && $0.keyValueHeads == keyValueHeads }) {
            return row.prefill
        }
        guard let most = rows.map(\.heads).max(), let row = rows.first(where: { $0.heads == most })
        else { return nil }
        return row.prefill.scaled(by: Double(heads) / Double(most))
    }

    /// What is read is in proportion to the heads of keys and values. Complexity: O(rows).
    static func decodeCost(
        _ device: MeasuredDevice, heads: Int, keyValueHeads: Int
    ) -> DeviceCostModel.Decode? {
        let rows = attention.filter { $0.device == device && $0.decode != nil }
        let same = rows.first { $0.heads == heads && $0.keyValueHeads == keyValueHeads }
        if let same { return same.decode }
        let base = rows.first { $0.heads == 8 && $0.keyValueHeads == 8 }
        return base?.decode?.scaled(by: Double(keyValueHeads) / 8)
    }

    /// Complexity: O(rows).
    static func allReduceRow(
        _ device: MeasuredDevice, tensorParallel: Int, _ collectives: Collectives
    ) -> AllReduceRow? {
        let rows: [AllReduceRow]
        switch collectives {
        case .captured: rows = captured
        case .launched: rows = launched
        }
        return rows.first { $0.device == device && $0.tensorParallel == tensorParallel }
    }
}

extension DeviceCostModel.Prefill {
    fileprivate func scaled(by share: Double) -> Self {
        Self(perStep, perToken * share, perPair * share)
    }
}

extension DeviceCostModel.Decode {
    fileprivate func scaled(by share: Double) -> Self {
        Self(floor, perStep, perSequence * share, perContextToken * share)
    }
}
