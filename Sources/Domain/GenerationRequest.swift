/// Names a request from the moment it is accepted; unique within one process.
package struct RequestID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package var description: String { "\(rawValue)" }
}

/// One sequence to generate: what the gateway hands to the cell. A client's `n` choices are `n`
/// of these.
package struct GenerationRequest: Sendable {
    package var id: RequestID
    package var prompt: [TokenID]
    package var sampling: SamplingParameters
    package var stop: StopConditions
    /// Lower values are served first, as in vLLM; equal priorities are served in arrival order.
    package var priority: Int
    /// When and how fast the answer is to come. Without one the request is interactive and owes
    /// nobody a time: nothing is decided for it by a deadline, and no report counts it as missed.
    package var objective: ServiceLevelObjective?

    package init(
        id: RequestID,
        prompt: [TokenID],
        sampling: SamplingParameters,
        stop: StopConditions,
        priority: Int = 0,
        objective: ServiceLevelObjective? = nil
    ) {
        self.id = id
        self.prompt = prompt
        self.sampling = sampling
        self.stop = stop
        self.priority = priority
        self.objective = objective
    }

    package var serviceClass: ServiceClass { objective?.serviceClass ?? .interactive }

    /// When its first token is due, if at some time.
    package func deadline(arrival: Instant) -> Instant? {
        objective?.deadline(arrival: arrival)
    }
}
