package import Domain

/// Which share of the interactive instances may be busy (the paper's Theta), from the arrivals that
/// were seen: those of one load time are all that there is no time to answer with new instances,
/// so the usual number of them over a high one is the share at which a burst still fits.
package struct BurstRatio: Hashable, Sendable {
    package let configuration: AutoscalingConfiguration
    /// One load time, or what is taken for one.
    package let binLength: Duration
    /// The share of busy instances above which there are too few.
    package private(set) var threshold: Double
    /// Arrivals in bins that are over, a ring in no order once it is full.
    private var counts: [Int] = []
    private var oldest = 0
    private var openEnd: Instant?
    private var openCount = 0

    /// - Parameter loadTime: from the order of an instance to its first request. When that is
    ///   found to be quite different a new history must begin.
    package init(_ configuration: AutoscalingConfiguration, loadTime: Duration) {
        self.configuration = configuration
        binLength = max(loadTime, configuration.leastBurstBin)
        threshold = configuration.initialBusyShare
    }

    /// An interactive request has come. Complexity: O(1), and O(bins log bins) once for each bin.
    package mutating func noteArrival(at now: Instant) {
        advance(to: now)
        openCount += 1
    }

    /// To be called also when nothing comes, for silence is part of the history.
    package mutating func advance(to now: Instant) {
        guard let end = openEnd else { return openEnd = now + binLength }
        guard now >= end else { return }
        close(openCount)
        openCount = 0
        let silent = Int((now - end) / binLength)
        for _ in 0..<min(silent, configuration.burstBins) { close(0) }
        openEnd = end + binLength * (silent + 1)
        fit()
    }

    private mutating func close(_ count: Int) {
        guard configuration.burstBins > 0 else { return }
        if counts.count < configuration.burstBins {
            counts.append(count)
        } else {
            counts[oldest] = count
            oldest = (oldest + 1) % counts.count
        }
    }

    private mutating func fit() {
        guard counts.count >= max(1, configuration.leastBurstBins) else { return }
        let sorted = counts.sorted()
        let rank = Int((configuration.burstQuantile * Double(sorted.count)).rounded(.up))
        let burst = sorted[max(0, min(rank, sorted.count) - 1)]
        guard burst > 0 else { return }
        let mean = Double(sorted.reduce(0, +)) / Double(sorted.count)
        let range = configuration.busyShareRange
        threshold = max(range.lowerBound, min(mean / Double(burst), range.upperBound))
    }
}
