internal import Cluster
package import Domain

extension Projection {
    /// What has been seen so far; complete when `isOver`.
    package var answer: WhatIfAnswer {
        let times = log.times
        let base = cluster.cell.baseBlocks
        return WhatIfAnswer(
            requests: times.count { $0.ended != nil },
            rejected: times.count { $0.isRejected },
            ttft: WhatIfAnswer.Spread(of: times.compactMap { $0.since($0.firstToken) }),
            queue: WhatIfAnswer.Spread(of: times.compactMap { $0.since($0.started) }),
            peakDemand: base == 0 ? 0 : Double(peakDemand) / Double(base),
            events: decisions + [cutShort].compactMap { $0 },
            timeline: fullTimeline.seconds)
    }

    /// With the second after the last event, and with those that follow up to the horizon: nothing
    /// changes in them.
    private var fullTimeline: Timeline {
        var full = timeline
        let now = cluster.now - start
        full.fill(upTo: now, with: cluster.cell)
        switch ending {
        case .settled, .horizon, .idle:
            full.fill(
                upTo: hasHorizon ? end - start : .seconds(full.seconds.count),
                with: cluster.cell)
        case nil, .tooManyEvents, .tooLong: break
        }
        return full
    }

    /// Says that the answer is not the whole one.
    private var cutShort: WhatIfAnswer.Event? {
        let reason: String
        switch ending {
        case nil, .settled, .horizon: return nil
        case .idle where cluster.cell.isIdle: return nil
        case .idle: reason = "requests wait, and nothing would bring them on"
        case .tooManyEvents: reason = "more than \(limits.maxEvents) events would be needed"
        case .tooLong: reason = "requests are left after \(limits.longest)"
        }
        return WhatIfAnswer.Event(
            time: cluster.now - start, kind: "simulation_cut_short",
            message: "the simulation ends here: \(reason)")
    }
}

extension RequestLog.Times {
    fileprivate func since(_ time: Instant?) -> Duration? { time.map { $0 - submitted } }
}

extension WhatIfAnswer.Spread {
    /// Percentiles by nearest rank; `nil` of nothing.
    init?(of durations: [Duration]) {
        let sorted = durations.sorted()
        guard let last = sorted.last else { return nil }
        func percentile(_ percent: Int) -> Duration {
            sorted[(sorted.count * percent + 99) / 100 - 1]
        }
        self.init(p50: percentile(50), p90: percentile(90), p99: percentile(99), max: last)
    }
}
