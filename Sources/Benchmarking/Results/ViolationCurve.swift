/// The share of requests that miss their objectives, as a function of how strict these are: at
/// factor f a request may take f times the base, which is the median of the best baseline
/// (KunServe §10: five is for chats, ten for summaries).
package struct ViolationCurve: Hashable, Sendable {
    package static let factors = Array(1...10)

    /// Milliseconds.
    package var baseTTFT: Double
    package var baseTPOT: Double

    package init(baseTTFT: Double, baseTPOT: Double) {
        self.baseTTFT = baseTTFT
        self.baseTPOT = baseTPOT
    }

    /// The lowest median among runs, of each latency on its own.
    package init(bestOf ttft: [Distribution], _ tpot: [Distribution]) {
        func lowest(_ values: [Distribution]) -> Double {
            values.filter { $0.count > 0 }.map(\.median).min() ?? 1
        }
        self.init(baseTTFT: lowest(ttft), baseTPOT: lowest(tpot))
    }

    /// Shares at one factor, 0 to 1.
    package struct Point: Hashable, Sendable {
        package var factor: Int
        package var ttft: Double
        package var tpot: Double
        /// Either of the two.
        package var any: Double
    }

    /// One request as the curve sees it: milliseconds, and `nil` for one that was not completed.
    struct Latency: Hashable, Sendable {
        var ttft: Double?
        var tpot: Double?
    }

    package func points(of requests: some Collection<RequestRecord>) -> [Point] {
        points(
            of: requests.map { request in
                guard request.isCompleted, let first = request.timeToFirstToken else {
                    return Latency()
                }
                return Latency(
                    ttft: first.milliseconds, tpot: request.timePerToken?.milliseconds ?? 0)
            })
    }

    /// A request without an answer violates every objective.
    func points(of latencies: [Latency]) -> [Point] {
        Self.factors.map { factor in
            let ttftLimit = Double(factor) * baseTTFT
            let tpotLimit = Double(factor) * baseTPOT
            var (ttft, tpot, any) = (0, 0, 0)
            for latency in latencies {
                let isSlowFirst = (latency.ttft ?? .infinity) > ttftLimit
                let isSlow = (latency.tpot ?? .infinity) > tpotLimit
                ttft += isSlowFirst ? 1 : 0
                tpot += isSlow ? 1 : 0
                any += isSlowFirst || isSlow ? 1 : 0
            }
            let count = Double(max(1, latencies.count))
            return Point(
                factor: factor, ttft: Double(ttft) / count, tpot: Double(tpot) / count,
                any: Double(any) / count)
        }
    }
}
