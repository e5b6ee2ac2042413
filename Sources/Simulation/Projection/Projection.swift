internal import Cluster
package import Domain
internal import Scheduling

/// What would become of imagined requests: a virtual cluster runs ahead of the live one.
///
/// It looks until every request has ended and the cell is whole again, or to the question's
/// horizon. `advance` may be called in as many pieces as the caller likes; the answer is the same.
package struct Projection: Sendable {
    package typealias Limits = RunLimits
    package typealias Ending = RunEnding

    var loaded: LoadedCluster
    /// At the beginning of each second.
    var seconds: Samples<WhatIfAnswer.Second>
    private(set) var peakDemand: BlockCount = 0

    package var cluster: VirtualCluster { loaded.cluster }
    package var limits: Limits { loaded.limits }
    /// Events so far; large steps count as several.
    package var eventCount: Int { loaded.eventCount }
    /// Why it is over.
    package var ending: Ending? { loaded.ending }

    /// - Parameter cluster: at the present moment.
    /// - Throws: For a question beyond the limits.
    package init(
        _ question: WhatIfQuestion, in cluster: VirtualCluster, limits: Limits = Limits()
    ) throws(WhatIfRefusal) {
        try Self.check(question, cluster.cell.configuration.scheduler.maxModelLength, limits)
        let arrivals = question.arrivals.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map { SimulatedArrival($0.element) }
        loaded = LoadedCluster(
            cluster, arrivals: arrivals, firstID: RequestID(1 << 63), horizon: question.horizon,
            limits: limits)
        seconds = Samples(from: cluster.now, every: .seconds(1))
    }

    private static func check(
        _ question: WhatIfQuestion, _ maxLength: TokenCount, _ limits: Limits
    ) throws(WhatIfRefusal) {
        guard question.arrivals.count <= limits.maxArrivals else {
            throw WhatIfRefusal(
                reason: "\(question.arrivals.count) arrivals are more than \(limits.maxArrivals)")
        }
        let tokens = question.arrivals.reduce(0) {
            $0 + min(max(0, $1.inputTokens), maxLength) + min(max(0, $1.outputTokens), maxLength)
        }
        guard tokens <= limits.maxTokens else {
            throw WhatIfRefusal(reason: "\(tokens) tokens are more than \(limits.maxTokens)")
        }
        let span = Duration.zero...limits.longest
        let late = question.arrivals.first { !span.contains($0.time) }
        if let time = late?.time ?? question.horizon.flatMap({ span.contains($0) ? nil : $0 }) {
            throw WhatIfRefusal(
                reason: "\(time) from now is out of reach: at most \(limits.longest) can be seen")
        }
    }
}

extension SimulatedArrival {
    fileprivate init(_ arrival: WhatIfQuestion.Arrival) {
        self.init(
            time: arrival.time, inputTokens: arrival.inputTokens,
            outputTokens: arrival.outputTokens)
    }
}

// MARK: - Running

extension Projection {
    package var isOver: Bool { ending != nil }

    /// Runs so many events, or to the end.
    package mutating func advance(events: Int) {
        let stop = eventCount + min(max(1, events), limits.maxEvents + 1)
        while eventCount < stop, let time = loaded.next() {
            seconds.fill(upTo: time, with: loaded.cluster.cell.second)
            loaded.happen(at: time)
            peakDemand = max(peakDemand, loaded.cluster.cell.demand)
        }
    }
}

extension Cell {
    /// The present state as an answer shows it.
    var second: WhatIfAnswer.Second {
        WhatIfAnswer.Second(
            running: runningCount, waiting: waitingCount, usedBlocks: usedBlocks,
            totalBlocks: openBlocks)
    }
}
