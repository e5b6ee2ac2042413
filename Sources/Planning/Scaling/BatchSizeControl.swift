internal import Domain

/// How many sequences one instance runs at once: Chiron's local autoscaler (Algorithm 1), made
/// stable.
///
/// Latency pressure is the observed latency between tokens over the one that is aimed at, p. While
/// it is below 1 the batch grows to a·B/p + (1 − a)·B; from `halveFrom` on it halves. Four things
/// differ from the paper's rule, as far as that is known:
/// - It aims below the objective, and from there to as far above it shrinks by the same formula.
///   So it comes to rest, where halving at p = 1 would follow noise to less than half of that.
/// - It grows by what ran, r/p in place of B/p, so that it follows from fewer sequences how many
///   could run: the latency of n times as many is at most n times as long. Otherwise instances
///   with room to spare would never find out that they need not be so many.
/// - Lost throughput counts only after growth, where the batch was full before and after, and seen
///   twice. Taken alone it halves the batch because halving has cost throughput, down to 1.
/// - A batch that thrashed grows again to just below the best size, and no further for a while.
///
/// What it cannot see is a batch that thrashes already where its latency comes to rest, since only
/// growth shows it; the limit of memory is there for that.
package struct BatchSizeControl: Hashable, Sendable {
    package let configuration: AutoscalingConfiguration
    /// Between whole sizes growth would get lost.
    private var exactSize: Double
    private var climb: Climb?
    private var ceiling: Ceiling?

    /// The best throughput since the batch began to grow.
    private struct Climb: Hashable {
        var size: Double
        var throughput: Double
        /// The window before this one showed a loss already.
        var isDoubted = false
    }

    private struct Ceiling: Hashable {
        var size: Double
        var ticksLeft: Int
    }

    package init(_ configuration: AutoscalingConfiguration) {
        self.configuration = configuration
        exactSize = Double(configuration.firstBatchSize)
    }

    /// The most sequences to run at once.
    package var batchSize: Int { Int(exactSize) }

    /// Takes note of what happened since the last tick and says how many sequences are to run at
    /// once from now on. Complexity: O(1).
    package mutating func tick(_ window: BatchWindow) -> Int {
        if configuration.controlsBatchSize, let pressure = pressure(of: window) {
            adjust(to: pressure, window)
        }
        let least = max(1, configuration.leastBatchSize)
        exactSize = min(max(exactSize, Double(least)), Double(window.limit))
        return batchSize
    }

    /// Latency over the latency that is aimed at; `nil` where nothing was to be seen.
    private func pressure(of window: BatchWindow) -> Double? {
        guard let latency = window.interTokenLatency, latency > .zero,
            window.objective > .zero, window.duration > .zero
        else { return nil }
        return latency / (window.objective * configuration.latencyAim)
    }

    private mutating func adjust(to pressure: Double, _ window: BatchWindow) {
        lowerCeilingAge()
        let isMissed = pressure * configuration.latencyAim >= configuration.halveFrom
        let isLossy = isLosing(window)
        if isMissed || isLossy && climb?.isDoubted == true {
            halve(below: isMissed ? nil : climb?.size)
        } else if isLossy {
            climb?.isDoubted = true
        } else {
            step(at: pressure, window)
        }
    }

    private mutating func lowerCeilingAge() {
        guard let ticksLeft = ceiling?.ticksLeft else { return }
        ceiling?.ticksLeft = ticksLeft - 1
        if ticksLeft <= 1 { ceiling = nil }
    }

    /// Throughput fell because the batch grew.
    private func isLosing(_ window: BatchWindow) -> Bool {
        guard let climb, window.isFull else { return false }
        return exactSize >= climb.size * (1 + configuration.growthThatCounts)
            && window.throughput < climb.throughput * (1 - configuration.throughputLoss)
    }

    private mutating func halve(below best: Double?) {
        if let best {
            ceiling = Ceiling(
                size: best * configuration.ceilingShare,
                ticksLeft: configuration.ceilingTicks)
        }
        exactSize /= 2
        climb = nil
    }

    /// Where the batch was not full and nobody knows how many ran, it does not grow.
    private mutating func step(at pressure: Double, _ window: BatchWindow) {
        let old = exactSize
        let share = configuration.batchSmoothing
        if pressure >= 1 {
            exactSize = share * old / pressure + (1 - share) * old
        } else {
            let running = window.isFull ? old : window.running ?? 0
            let wanted = share * running / pressure + (1 - share) * old
            let most = min(old * configuration.growthLimit, ceiling?.size ?? .infinity)
            exactSize = max(old, min(wanted, most))
        }
        noteClimb(from: old, window)
    }

    private mutating func noteClimb(from old: Double, _ window: BatchWindow) {
        guard exactSize > old, old < Double(window.limit), window.isFull else {
            return climb = nil
        }
        climb?.isDoubted = false
        if window.throughput > climb?.throughput ?? 0 {
            climb = Climb(size: old, throughput: window.throughput)
        }
    }
}
