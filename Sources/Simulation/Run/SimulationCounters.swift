internal import Cluster
package import Domain
internal import Scheduling

/// How often a run did what.
package struct SimulationCounters: Hashable, Sendable {
    package var steps = 0
    /// Of all steps, to read and to generate.
    package var computedTokens: TokenCount = 0
    /// Drops begun, but for those that form the pipelines of `static-pipeline`.
    package var drops = 0
    package var failedDrops = 0
    /// Restores that came to their end.
    package var restores = 0
    package var failedRestores = 0
    /// Sequences that gave their blocks back and recomputed.
    package var preemptions = 0
    /// Tokens that had to be computed again.
    package var recomputedTokens: TokenCount = 0
    /// Sequences that went to host memory.
    package var swaps = 0
    /// Sequences that moved between groups.
    package var relocations = 0
    /// Those of them whose KV was computed again, or lay at the destination already.
    package var recomputedMoves = 0
    /// KV that these had sent when they had moved.
    package var relocatedBytes = ByteCount.zero
    /// How long each of these stood still.
    package var stalls = DurationHistogram()
    package var abortedRelocations = 0
    package var transfers = 0
    /// KV of those transfers that had to move.
    package var transferredBytes = ByteCount.zero
    package var loadedUnits = 0
    package var loadedBytes = ByteCount.zero
    package var memoryChanges = 0
    /// How often more instances were asked for.
    package var instanceRequests = 0
    /// Instances that were ordered, and that were chosen to go.
    package var scaleOuts = 0
    package var scaleIns = 0
    /// Time of all instances that were there or starting.
    package var instanceTime = Duration.zero
    /// How often an instance has begun to start, or was there no more.
    var rosterChanges = 0
    /// Time that stages of pipelines computed.
    package var pipelineBusy = Duration.zero
    /// Time that stages of pipelines had no step while their group had one elsewhere.
    package var pipelineBubble = Duration.zero

    package init() {}

    /// Share of the time of pipelines' stages that passed idle, between steps; `nil` without
    /// pipelines.
    package var bubbleShare: Double? {
        let all = pipelineBusy + pipelineBubble
        return all > .zero ? pipelineBubble / all : nil
    }
}

extension SimulationCounters {
    /// - Parameter shape: Of the memories.
    mutating func count(_ effect: Effect, _ shape: InstanceMemoryShape) {
        switch effect {
        case .runStep(let step):
            steps += 1
            computedTokens += step.tokenCount
        case .changeMemory: memoryChanges += 1
        case .loadUnits(_, let units, from: _):
            loadedUnits += units.count
            loadedBytes += shape.pageSize * units.reduce(0) { $0 + shape.pages(of: $1) }
        case .transfer(let transfer):
            transfers += 1
            for copy in transfer.copies where copy.from != copy.to {
                transferredBytes += shape.blockBytes * (copy.layers.count * copy.sources.count)
            }
        case .requestInstances: instanceRequests += 1
        case .startInstance, .stopInstance: rosterChanges += 1
        case .note(let note): count(note)
        default: break
        }
    }

    private mutating func count(_ note: Note) {
        switch note {
        case .dropStarted(_, _, _, .configuration): break
        case .dropStarted: drops += 1
        case .dropFailed: failedDrops += 1
        case .restoreFinished: restores += 1
        case .restoreFailed: failedRestores += 1
        case .preempted(_, let lost):
            preemptions += 1
            recomputedTokens += lost
        case .swappedOut: swaps += 1
        case .relocated(_, from: _, to: _, let bytes, let stalled):
            relocations += 1
            recomputedMoves += bytes == .zero ? 1 : 0
            relocatedBytes += bytes
            stalls.add(nanoseconds: stalled.nanoseconds)
        case .relocationAborted: abortedRelocations += 1
        case .scaleOut(let instances, _): scaleOuts += instances.count
        case .scaleIn: scaleIns += 1
        case .instanceLost, .instanceStartFailed: rosterChanges += 1
        default: break
        }
    }
}
