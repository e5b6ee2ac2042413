/// When requests come and how long they are, put together from parts: what a simulation needs,
/// which has no use for prompts.
package struct ArrivalPlan: Hashable, Sendable {
    package var source: Source
    package var lengths: LengthSource = .own
    package var limits = LengthLimits()
    package var mode: TraceUpscaler.Mode = .thinning
    package var tail: RepeatedTail?
    /// Only so many first requests.
    package var limit: Int?

    package enum Source: Hashable, Sendable {
        /// Rows of a trace, from second 0 on and in order, and how long they last.
        case rows([TraceRow], seconds: Double)
        /// One after the other.
        case phases([Phase])
    }

    /// A stretch of a process.
    package struct Phase: Hashable, Sendable {
        package var arrivals: ArrivalProcess
        /// Requests at rate scale 1. The phase lasts as long as they take at that rate. Without a
        /// rate all come at once, so many at any scale.
        package var count: Double

        package init(arrivals: ArrivalProcess, count: Double) {
            self.arrivals = arrivals
            self.count = count
        }

        fileprivate func count(at rateScale: Double) -> Double {
            arrivals.requestsPerSecond == nil ? count : count * rateScale
        }

        fileprivate var seconds: Double { count / (arrivals.requestsPerSecond ?? .infinity) }
    }

    /// The end of the load comes again and again, as a burst that does not end.
    package struct RepeatedTail: Hashable, Sendable {
        package var startSeconds: Double
        package var times: Int
        /// Requests of a repetition for each one of the first.
        package var rateScale: Double

        package init(startSeconds: Double, times: Int, rateScale: Double) {
            self.startSeconds = startSeconds
            self.times = times
            self.rateScale = rateScale
        }
    }

    package init(_ source: Source) { self.source = source }
}

extension ArrivalPlan {
    /// The requests in order of arrival; the same for the same arguments.
    ///
    /// - Parameter rateScale: requests for each one of the source, in the mean.
    /// - Complexity: O(requests), and O(requests log requests) where copies overtake others.
    package func arrivals(rateScale: Double, seed: UInt64) -> [TraceRow] {
        var all = once(rateScale, seed: seed)
        if let tail { all += repetitions(of: tail, rateScale) { seed &+ Self.spacing &* $0 } }
        all = all.sortedByTime
        if let limit, all.count > limit { all.removeLast(all.count - limit) }
        lengths.apply(to: &all, seed: seed)
        for index in all.indices {
            (all[index].inputTokens, all[index].outputTokens) = limits.fit(
                input: all[index].inputTokens, output: all[index].outputTokens)
        }
        return all
    }

    /// About how many requests there will be, before they are made. Complexity: O(phases).
    package func expectedCount(rateScale: Double) -> Double {
        let once: Double
        switch source {
        case .rows(let rows, _): once = Double(rows.count) * rateScale
        case .phases(let phases): once = phases.reduce(0) { $0 + $1.count(at: rateScale) }
        }
        let repetitions = tail.map { Double($0.times) * $0.rateScale } ?? 0
        return once * (1 + repetitions)
    }

    /// Between the seeds of parts, so that equal parts are not alike.
    private static var spacing: UInt64 { 0xA076_1D64_78BD_642F }

    private var seconds: Double {
        switch source {
        case .rows(_, let seconds): seconds
        case .phases(let phases): phases.reduce(0) { $0 + $1.seconds }
        }
    }

    private func once(_ rateScale: Double, seed: UInt64) -> [TraceRow] {
        switch source {
        case .rows(let rows, _):
            return TraceUpscaler(scale: rateScale, seed: seed, mode: mode).spread(rows)
        case .phases(let phases):
            var start = 0.0
            var rows: [TraceRow] = []
            for (place, phase) in phases.enumerated() {
                var arrivals = phase.arrivals
                arrivals.requestsPerSecond = arrivals.requestsPerSecond.map { $0 * rateScale }
                let count = Int(phase.count(at: rateScale).rounded())
                let seed = seed &+ Self.spacing &* UInt64(place)
                rows += arrivals.arrivals(count, seed: seed).map {
                    TraceRow(arrivalSeconds: start + $0, inputTokens: 1, outputTokens: 1)
                }
                start += phase.seconds
            }
            return rows
        }
    }

    private func repetitions(
        of tail: RepeatedTail, _ rateScale: Double, seed: (UInt64) -> UInt64
    ) -> [TraceRow] {
        let length = seconds - tail.startSeconds
        guard length > 0 else { return [] }
        var rows: [TraceRow] = []
        for turn in 1...max(1, tail.times) {
            // Far from the seeds of phases.
            let again = once(rateScale * tail.rateScale, seed: seed(UInt64(turn) << 32))
            let shift = length * Double(turn)
            rows += again.filter { $0.arrivalSeconds >= tail.startSeconds }.map {
                var row = $0
                row.arrivalSeconds += shift
                return row
            }
        }
        return rows
    }
}
