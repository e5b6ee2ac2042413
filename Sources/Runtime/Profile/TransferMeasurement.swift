internal import Cluster
internal import Domain
internal import Inference
internal import Planning
internal import Scheduling

/// What packing must know of this machine to move sequences without slowing others (Mell §V-A).
struct TransferMeasurement {
    /// What a step takes.
    let costs: BatchCostModel
    /// From the memory of one instance to that of another.
    let copyBytesPerSecond: Double

    /// Takes what a profile says, and measures the rest: some steps, and copies, in less than a
    /// second. The executor must not serve yet.
    init(of executor: CPUStageExecutor, profile: CostProfile?) throws {
        if let profile {
            (costs, copyBytesPerSecond) = (profile.costs, profile.copyBytesPerSecond)
            return
        }
        costs = try ProfileStopwatch(executor: executor).calibrate()
        copyBytesPerSecond = try CopyBandwidth.measure(
            piece: ByteCount(executor.memoryView.blockBytes), size: .mebibytes(64), rounds: 3)
    }
}

extension EngineConfiguration {
    /// Whether sequences are packed by moves that keep to bounds, which must be known then.
    private var movesWithinBounds: Bool {
        relocationPolicy == .mell && packingPolicy == .mell && packing.transferPolicy != .unbounded
            && relocation.mode != .recompute && instances > 1
    }

    /// Measures what packing asks for, where it does.
    func profileTransfers(
        of executor: CPUStageExecutor?, for cell: inout CellConfiguration
    ) throws {
        guard movesWithinBounds, let executor else { return }
        let measured = try TransferMeasurement(of: executor, profile: profile)
        // One memory, so no instance is farther than another.
        let speed = measured.copyBytesPerSecond
        cell.profileTransfers(measured.costs, near: speed, far: speed)
    }
}
