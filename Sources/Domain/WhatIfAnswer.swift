/// A prediction of the simulated cell for a `WhatIfQuestion`. Times count from now.
package struct WhatIfAnswer: Hashable, Sendable {
    /// Imagined requests that end within the horizon.
    package var requests: Int
    /// Imagined requests that are turned away.
    package var rejected: Int
    /// Time to the first token; `nil` when no request reaches one.
    package var ttft: Spread?
    /// Time in the queue before the first step; `nil` when no request leaves it.
    package var queue: Spread?
    /// The highest KV demand, running and queued, as a fraction of the blocks there are without a
    /// drop: above 1 is an overload.
    package var peakDemand: Double
    /// What the cell decides, such as drops with their layers and restores, in order of time.
    package var events: [Event]
    /// One entry for each second, from now.
    package var timeline: [Second]

    /// Percentiles of a duration over requests.
    package struct Spread: Hashable, Sendable {
        package var p50: Duration
        package var p90: Duration
        package var p99: Duration
        package var max: Duration

        package init(p50: Duration, p90: Duration, p99: Duration, max: Duration) {
            self.p50 = p50
            self.p90 = p90
            self.p99 = p99
            self.max = max
        }
    }

    /// A predicted entry of the event log.
    package struct Event: Hashable, Sendable {
        package var time: Duration
        /// As in `ClusterEvent`.
        package var kind: String
        package var message: String

        package init(time: Duration, kind: String, message: String) {
            self.time = time
            self.kind = kind
            self.message = message
        }
    }

    /// The state at the beginning of one second.
    package struct Second: Hashable, Sendable {
        /// Requests in execution.
        package var running: Int
        /// Requests that wait for execution.
        package var waiting: Int
        /// Blocks that sequences hold.
        package var usedBlocks: BlockCount
        /// Blocks there are; grows with a drop.
        package var totalBlocks: BlockCount

        package init(
            running: Int, waiting: Int, usedBlocks: BlockCount, totalBlocks: BlockCount
        ) {
            self.running = running
            self.waiting = waiting
            self.usedBlocks = usedBlocks
            self.totalBlocks = totalBlocks
        }
    }

    package init(
        requests: Int, rejected: Int, ttft: Spread?, queue: Spread?, peakDemand: Double,
        events: [Event], timeline: [Second]
    ) {
        self.requests = requests
        self.rejected = rejected
        self.ttft = ttft
        self.queue = queue
        self.peakDemand = peakDemand
        self.events = events
        self.timeline = timeline
    }
}

/// Why a `WhatIfQuestion` has no answer now, for people.
package struct WhatIfRefusal: Error, Hashable, Sendable {
    package var reason: String

    package init(reason: String) { self.reason = reason }
}
