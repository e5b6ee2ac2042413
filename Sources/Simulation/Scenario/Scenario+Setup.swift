internal import Cluster
internal import Domain
internal import Planning
internal import Scheduling

extension Scenario {
    /// One policy of the scenario on its machine.
    ///
    /// - Parameters:
    ///   - machine: With the memory that the policy's flags want.
    ///   - arrivals: In order of time.
    ///   - seed: Of the random faults.
    /// - Throws: When flags do not go together.
    package func setup(
        _ policy: ScenarioPolicy, on machine: ScenarioMachine, arrivals: [SimulatedArrival],
        seed: UInt64
    ) throws(ScenarioError) -> SimulationSetup {
        var costs = machine.costs
        costs.links.instancesPerNode = cluster.instancesPerNode ?? costs.links.instancesPerNode
        cluster.costs.apply(to: &costs)
        if policy.flags.exchangeMode == .blocking { costs.links.chunkTime = .zero }
        let present = cluster.instances ?? machine.instanceCount
        let scaling = try policy.flags.autoscaling(
            from: present, loadTime: costs.startTime(of: machine.shape))
        let instances = scaling.controlsInstances ? scaling.maximumInstances : present
        var cell = try policy.flags.cell(of: instances, on: machine)
        cell.startInstances = present
        cell.autoscaling = scaling
        cell.instancesPerNode = costs.links.instancesPerNode
        cell.profileTransfers(
            machine.batchCosts, near: costs.links.intraNode.bytesPerSecond,
            far: costs.links.interNode.bytesPerSecond)
        var setup = SimulationSetup(cell: cell, costs: costs, arrivals: arrivals)
        setup.faults = try plan(instances: instances, seed: seed)
        setup.sampleInterval = sampleInterval
        return setup
    }
}

extension EngineFlags {
    /// The cell of so many instances, with the defaults of `kunserve serve`.
    fileprivate func cell(
        of instances: Int, on machine: ScenarioMachine
    ) throws(ScenarioError) -> CellConfiguration {
        var cell = CellConfiguration(
            scheduler: scheduler(on: machine), vocabularySize: machine.vocabularySize,
            instances: Array(repeating: machine.shape, count: instances))
        let blocks = cell.blockCounts.reduce(0, +)
        guard blocks <= Self.mostBlocks else {
            throw ScenarioError(
                "cluster", "has \(blocks) KV blocks, expected at most \(Self.mostBlocks)")
        }
        let slots = (cell.blockCounts.min() ?? 0) * cell.scheduler.blockSize
        if let maxModelLen, maxModelLen > slots {
            throw ScenarioError(
                "max-model-len",
                "is \(maxModelLen), but the KV cache of an instance holds \(slots) tokens; give it "
                    + "more memory or a smaller length")
        }
        cell.dispatch = dispatchPolicy ?? cell.dispatch
        cell.overloadPolicy = overloadPolicy ?? cell.overloadPolicy
        cell.overload = overload
        cell.relocation.exchangeShare = exchangeReserve ?? cell.relocation.exchangeShare
        cell.relocationPolicy = relocationPolicy ?? cell.relocationPolicy
        cell.relocation.mode = relocationMode ?? cell.relocation.mode
        cell.relocation.maxConcurrentLive = maxLiveMoves ?? cell.relocation.maxConcurrentLive
        cell.packingPolicy = packingPolicy ?? cell.packingPolicy
        cell.packing.transferPolicy = transferPolicy ?? cell.packing.transferPolicy
        cell.packing.recomputedShare = recomputedShare ?? cell.packing.recomputedShare
        cell.packing.linger = packingLinger ?? cell.packing.linger
        cell.migration = migration
        cell.pipelineStages = pipelineParallelSize ?? cell.pipelineStages
        cell.headCost = machine.headCost
        if cell.overloadPolicy == .swap || autoscalingPolicy == .chiron {
            let block = machine.shape.blockBytes.bytes * machine.shape.layerCount
            cell.hostBlocks = (swapSpace ?? .gibibytes(1)).bytes / max(1, block)
        }
        return cell
    }

    /// Each takes some tens of bytes.
    private static let mostBlocks = 1 << 27

    private func scheduler(on machine: ScenarioMachine) -> SchedulerConfiguration {
        let length = maxModelLen ?? machine.maxModelLength
        var scheduler = SchedulerConfiguration(maxModelLength: length)
        scheduler.blockSize = machine.blockSize
        scheduler.maxBatchedTokens = maxNumBatchedTokens ?? scheduler.maxBatchedTokens
        scheduler.maxRunning = maxNumSeqs ?? scheduler.maxRunning
        scheduler.maxQueued = maxNumQueuedReqs ?? scheduler.maxQueued
        scheduler.isPrefixCaching = enablePrefixCaching ?? scheduler.isPrefixCaching
        scheduler.order = schedulingPolicy ?? scheduler.order
        scheduler.watermark = watermark ?? scheduler.watermark
        if batchFormation ?? .lookahead == .lookahead {
            scheduler.lookahead = Lookahead(
                costs: machine.batchCosts,
                minTokens: lookaheadMinTokens ?? machine.fillingTokens,
                maxTokens: scheduler.maxBatchedTokens, partition: lookaheadPartition ?? .even)
        }
        return scheduler
    }

    private var migration: MigrationConfiguration {
        var migration = MigrationConfiguration()
        migration.outBelow = migrateOutThreshold ?? migration.outBelow
        migration.inAbove = migrateInThreshold ?? migration.inAbove
        migration.highPriorityBelow = highPriorityBelow ?? migration.highPriorityBelow
        migration.highPriorityLoad = highPriorityLoad ?? migration.highPriorityLoad
        return migration
    }

    private var overload: OverloadConfiguration {
        var overload = OverloadConfiguration()
        overload.highWater = overloadHighWater ?? overload.highWater
        overload.restoreBelow = overloadRestoreBelow ?? overload.restoreBelow
        overload.horizon = overloadHorizon ?? overload.horizon
        overload.isRestoreEnabled = overloadRestore ?? overload.isRestoreEnabled
        overload.restoreHold = overloadRestoreHold ?? overload.restoreHold
        overload.minimumDropped = overloadMinDropped ?? overload.minimumDropped
        overload.sampleInterval = overloadInterval ?? overload.sampleInterval
        overload.maxStages = overloadMaxStages ?? overload.maxStages
        return overload
    }
}
