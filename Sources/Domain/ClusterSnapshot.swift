/// One look at a whole cell, for operators: what each instance holds, how groups execute, and how
/// requests fare. Values only, all from the same moment.
package struct ClusterSnapshot: Hashable, Sendable {
    /// Since the start of the server.
    package var time: Duration
    /// The overload policy by its name, such as `drop`.
    package var policy: String
    /// In the order of their ids.
    package var instances: [InstanceSnapshot]
    /// In the order of their ids. While sequences move from one group to another an instance is a
    /// member of both.
    package var groups: [GroupSnapshot]
    /// Requests in execution.
    package var running: Int
    /// Requests that wait for execution.
    package var waiting: Int
    /// Of those, batch requests in the queue of the whole cell.
    package var waitingBatch: Int
    /// Time to the first token of the last ten seconds or so; `nil` when no request reached one.
    package var ttft: RecentLatency?
    /// Time per output token after the first, of the same span.
    package var tpot: RecentLatency?

    package init(
        time: Duration, policy: String, instances: [InstanceSnapshot], groups: [GroupSnapshot],
        running: Int, waiting: Int, waitingBatch: Int = 0, ttft: RecentLatency? = nil,
        tpot: RecentLatency? = nil
    ) {
        self.time = time
        self.policy = policy
        self.instances = instances
        self.groups = groups
        self.running = running
        self.waiting = waiting
        self.waitingBatch = waitingBatch
        self.ttft = ttft
        self.tpot = tpot
    }

    /// The middle and the slow end of a latency in a recent span.
    package struct RecentLatency: Hashable, Sendable {
        /// The median.
        package var p50: Duration
        /// The 99th percentile.
        package var p99: Duration

        package init(p50: Duration, p99: Duration) {
            self.p50 = p50
            self.p99 = p99
        }
    }
}
