/// When requests arrive that have no times of their own.
package struct ArrivalProcess: Hashable, Sendable {
    /// `nil`: all at once.
    package var requestsPerSecond: Double?
    /// Shape of the Gamma distribution of the gaps: 1 is a Poisson process, below 1 is burstier.
    package var burstiness: Double

    package init(requestsPerSecond: Double? = nil, burstiness: Double = 1) {
        self.requestsPerSecond = requestsPerSecond
        self.burstiness = burstiness
    }

    /// Times of `count` arrivals in seconds, rising. As in vLLM the gaps are rescaled so that the
    /// last request arrives at exactly count / rate: the mean rate does not depend on chance.
    package func arrivals(_ count: Int, seed: UInt64) -> [Double] {
        guard let rate = requestsPerSecond else { return Array(repeating: 0, count: count) }
        var stream = RandomStream(seed: seed, for: .arrivals)
        var now = 0.0
        let times = (0..<count).map { _ -> Double in
            now += burstiness.isInfinite ? 1 : stream.gamma(shape: burstiness)
            return now
        }
        guard now > 0 else { return times }
        let scale = Double(count) / rate / now
        return times.map { $0 * scale }
    }
}
