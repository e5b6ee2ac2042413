internal import Cluster
package import Domain

extension Projection {
    /// What has been seen so far; complete when `isOver`.
    package var answer: WhatIfAnswer {
        let requests = loaded.log.requests
        let base = loaded.cluster.cell.baseBlocks
        return WhatIfAnswer(
            requests: requests.count { $0.outcome == .completed || $0.outcome == .failed },
            rejected: requests.count { $0.outcome == .rejected },
            ttft: WhatIfAnswer.Spread(
                of: requests.compactMap { request in
                    request.firstToken.map { $0 - request.submitted }
                }),
            queue: WhatIfAnswer.Spread(of: requests.compactMap(\.queueTime)),
            peakDemand: base == 0 ? 0 : Double(peakDemand) / Double(base),
            events: loaded.decisions + [cutShort].compactMap { $0 },
            timeline: timeline)
    }

    /// With the second after the last event, and with those that follow up to the horizon: nothing
    /// changes in them.
    private var timeline: [WhatIfAnswer.Second] {
        var full = seconds
        let cell = loaded.cluster.cell
        full.fill(upTo: loaded.cluster.now, with: cell.second)
        switch ending {
        case .settled, .horizon, .idle:
            let last = loaded.start + .seconds(full.states.count)
            full.fill(upTo: loaded.hasHorizon ? loaded.end : last, with: cell.second)
        case nil, .tooManyEvents, .tooLong: break
        }
        return full.states
    }

    /// Says that the answer is not the whole one.
    private var cutShort: WhatIfAnswer.Event? {
        let reason: String
        switch ending {
        case nil, .settled, .horizon: return nil
        case .idle where loaded.cluster.cell.isIdle: return nil
        case .idle: reason = "requests wait, and nothing would bring them on"
        case .tooManyEvents: reason = "more than \(limits.maxEvents) events would be needed"
        case .tooLong: reason = "requests are left after \(limits.longest)"
        }
        return WhatIfAnswer.Event(
            time: loaded.cluster.now - loaded.start, kind: "simulation_cut_short",
            message: "the simulation ends here: \(reason)")
    }
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
