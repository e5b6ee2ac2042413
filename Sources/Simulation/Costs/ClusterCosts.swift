package import Domain
package import Scheduling

/// How long the things take that a cell asks for: the only knowledge of a machine that virtual
/// time has. All instances are alike.
package struct ClusterCosts: Hashable, Sendable {
    package var compute: ComputeCosts
    package var links: LinkCosts
    /// One change of an instance's memory map, besides the blocks that it moves. The default is
    /// what the paper gives for a drop (KunServe §4.3, 5 ms).
    package var memoryChange = Duration.milliseconds(5)
    /// From the order of an instance to the beginning of its load: a machine, a container, a
    /// process. Own choice: a process on a machine that is there.
    package var instanceStart = Duration.seconds(10)
    /// What the interface adds before a client sees the first token of a request.
    package var requestOverhead = Duration.zero

    package init(compute: ComputeCosts, links: LinkCosts) {
        self.compute = compute
        self.links = links
    }

    /// - Parameter copyBytesPerSecond: Of every copy, wherever from and to.
    package init(_ costs: FittedCosts, copyBytesPerSecond: Double) {
        self.init(
            compute: .fitted(costs), links: LinkCosts(bytesPerSecond: copyBytesPerSecond))
    }

    package init(batch: BatchCostModel, layerCount: Int, copyBytesPerSecond: Double) {
        self.init(
            FittedCosts(batch: batch, layerCount: layerCount),
            copyBytesPerSecond: copyBytesPerSecond)
    }

    /// By arithmetic alone, for a model that nobody has measured.
    package init(_ model: ModelArithmetic) {
        self.init(FittedCosts(model), copyBytesPerSecond: model.copyBytesPerSecond)
    }

    package var layerCount: Int { compute.layerCount }
}

// MARK: - Times

extension ClusterCosts {
    /// What a stage takes for a step of this load. Complexity: O(1).
    package func time(of load: BatchLoad, in range: StageRange) -> Duration {
        .nanoseconds(nanoseconds(of: load, in: range))
    }

    /// The same in nanoseconds. Complexity: O(1).
    package func nanoseconds(of load: BatchLoad, in range: StageRange) -> Int64 {
        compute.nanoseconds(of: load, in: range)
    }

    /// From the order of an instance to its joining, if nobody else uses its link to the files.
    package func startTime(of shape: InstanceMemoryShape) -> Duration {
        instanceStart + links.disk.time(of: shape.modelBytes)
    }

    /// A copy within one memory.
    package func time(toCopy bytes: ByteCount) -> Duration { links.local.time(of: bytes) }

    /// - Parameter blockBytes: Of one block in one layer.
    package func time(of change: MemoryChange, blockBytes: ByteCount) -> Duration {
        let moved = blockBytes * (change.moves.count * change.movedLayers.count)
        return memoryChange + time(toCopy: moved)
    }
}
