internal import Domain

extension WhatIfAnswer {
    /// The answer of `POST /v1/cluster/what-if`: times in seconds from now, percentiles in
    /// milliseconds.
    var json: JSON {
        [
            "requests": .int(requests), "rejected": .int(rejected),
            "ttft_ms": ttft?.json ?? .null, "queue_ms": queue?.json ?? .null,
            "peak_demand": .double((peakDemand * 1e4).rounded() / 1e4),
            "events": .array(events.map(\.json)), "timeline": timelineJSON,
        ]
    }

    /// Columns instead of an object per second: a day has 86 400 of them.
    private var timelineJSON: JSON {
        [
            "step_s": 1,
            "running": .array(timeline.map { .int($0.running) }),
            "waiting": .array(timeline.map { .int($0.waiting) }),
            "used_blocks": .array(timeline.map { .int($0.usedBlocks) }),
            "total_blocks": .array(timeline.map { .int($0.totalBlocks) }),
        ]
    }
}

extension WhatIfAnswer.Spread {
    fileprivate var json: JSON {
        [
            "p50": .milliseconds(p50), "p90": .milliseconds(p90), "p99": .milliseconds(p99),
            "max": .milliseconds(max),
        ]
    }
}

extension WhatIfAnswer.Event {
    fileprivate var json: JSON {
        ["time_s": .seconds(time), "kind": .string(kind), "message": .string(message)]
    }
}
