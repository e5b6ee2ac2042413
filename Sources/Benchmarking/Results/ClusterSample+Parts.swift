package import Domain

// For those who have seen a cluster otherwise than through its API.

extension ClusterSample {
    package init(
        time: Instant, policy: String, running: Int, waiting: Int, instances: [Instance],
        groups: [Group]
    ) {
        self.time = time
        serverSeconds = time.seconds
        self.policy = policy
        self.running = running
        self.waiting = waiting
        self.instances = instances
        self.groups = groups
    }
}

extension ClusterSample.Instance {
    /// The parts of its memory sum up to its budget.
    package init(
        id: Int, phase: String, layers: Range<Int>, weights: ByteCount, used: ByteCount,
        cached: ByteCount, free: ByteCount, other: ByteCount
    ) {
        self.id = id
        self.phase = phase
        self.layers = layers
        budget = weights + used + cached + free + other
        self.weights = weights
        self.used = used
        self.cached = cached
        self.free = free
        self.other = other
    }
}
