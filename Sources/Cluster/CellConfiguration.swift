package import Domain
package import Planning
package import Scheduling

/// What a cell is made of and by which rules it decides.
package struct CellConfiguration: Hashable, Sendable {
    package var scheduler: SchedulerConfiguration
    package var dispatch: DispatchPolicy = .freeness
    /// What happens when the demand exceeds the memory (`--overload-policy`).
    package var overloadPolicy: OverloadPolicy = .drop
    package var overload = OverloadConfiguration()
    /// Who moves sequences that could stay (`--relocation-policy`).
    package var relocationPolicy: RelocationPolicy = .llumnix
    package var migration = MigrationConfiguration()
    /// How sequences are packed, where they are (`--packing-policy`).
    package var packingPolicy: PackingPolicy = .mell
    package var packing = PackingConfiguration()
    /// Instances that share a machine; those with neighbouring numbers do.
    package var instancesPerNode = 1
    package var relocation = RelocationConfiguration()
    /// Stages of each group under the policy `static-pipeline`.
    package var pipelineStages = 2
    /// What the head and the embedding cost beside a layer, for balanced stages.
    package var headCost = 0.0
    package var embeddingCost = 0.0
    /// Blocks of host memory for sequences under the policy `swap`, and for batch requests that
    /// give way.
    package var hostBlocks: BlockCount = 0
    /// Tokens at or above it are not in the vocabulary.
    package var vocabularySize: Int
    /// By instance, of all that there may ever be: how its memory is cut up. Each joins as a group
    /// of one.
    package var instances: [InstanceMemoryShape]
    /// How many of them are there at the start, the first ones; `nil` for all.
    package var startInstances: Int?
    /// Who decides how many there are (`--autoscaling-policy`).
    package var autoscaling = AutoscalingConfiguration()

    package init(
        scheduler: SchedulerConfiguration, vocabularySize: Int,
        instances: [InstanceMemoryShape]
    ) {
        self.scheduler = scheduler
        self.vocabularySize = vocabularySize
        self.instances = instances
    }

    /// By instance: its KV blocks while it holds the whole model.
    package var blockCounts: [BlockCount] {
        instances.map { $0.blockCount(pagesPerLayer: $0.kvPagesPerLayer) }
    }
}

/// The limits of moving sequences.
package struct RelocationConfiguration: Hashable, Sendable {
    /// How a sequence goes from a group that serves to another (`--relocation-mode`).
    package var mode: RelocationMode = .live
    /// Sequences on the move at once, from each group that others leave.
    package var maxConcurrent = 4
    /// Sequences at once that go on generating while their KV follows them. Each spends most of the
    /// time waiting for the end of its last step.
    package var maxConcurrentLive = 16
    /// Tokens of KV at most of all those, if there are several. Llumnix's second release limits
    /// what moves to 100 000.
    package var maxLiveTokens: TokenCount = 100_000
    /// Share of what is free when groups have merged that new sequences leave to those of the old
    /// groups until these have followed.
    package var exchangeShare = 0.5
    /// A sequence that has waited so long for blocks keeps new ones from being admitted.
    package var patience = Duration.milliseconds(500)
    /// Blocks at most that a live relocation leaves for its last, stalled round. Llumnix §4.2
    /// stops when one iteration's worth is left.
    package var finalBlocks: BlockCount = 2
    /// Rounds at most before the last one.
    package var maxRounds = 8
    /// A reclaim waits until it gives each layer this share of its pages.
    package var reclaimShare = 1.0 / 16

    package init() {}
}
