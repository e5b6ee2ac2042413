internal import Cluster
internal import Domain

/// A simulation: a cluster in virtual time under a load that is known beforehand, from its start
/// until every request has ended and the cell is whole again.
///
/// Nothing is kept per token, so a million requests take a few hundred megabytes. `advance` may be
/// called in as many pieces as the caller likes; the result is the same.
package struct SimulatedRun: Sendable {
    private var loaded: LoadedCluster
    private var samples: Samples<ClusterState>
    private var counters = SimulationCounters()
    private var instances: InstanceTimeline
    private var fingerprint: Fingerprint = .init()
    private var hasFailed = false
    private let checks: CheckLevel
    private let shape: InstanceMemoryShape

    package init(_ setup: SimulationSetup) {
        let cell = Cell(configuration: setup.cell)
        var cluster = VirtualCluster(cell, at: .zero, costs: setup.costs, faults: setup.faults)
        cluster.activities = setup.activities
        if setup.checks != .off { cluster.checker = CellChecker(cell, level: setup.checks) }
        loaded = LoadedCluster(
            cluster, arrivals: setup.arrivals, firstID: RequestID(0), horizon: nil,
            limits: setup.limits)
        let limit = max(2, setup.limits.maxInstanceSamples / cell.memories.count)
        samples = Samples(from: .zero, every: setup.sampleInterval, limit: limit)
        instances = InstanceTimeline(cell.roster, at: .zero)
        checks = setup.checks
        shape = cell.memories[0].shape
    }

    package var isOver: Bool { loaded.ending != nil || hasFailed }

    /// Requests that have ended, and all that there are.
    package var progress: (ended: Int, all: Int) {
        (loaded.log.endedCount, loaded.arrivals.count)
    }

    /// Runs so many events, or to the end.
    package mutating func advance(events: Int) {
        let stop = loaded.eventCount + max(1, min(events, 1 << 50))
        while !hasFailed, loaded.eventCount < stop, let time = loaded.next() {
            if samples.isDue(at: time) { sample(upTo: time) }
            let rosterChanges = counters.rosterChanges
            loaded.happen(at: time) { effect in
                counters.count(effect, shape)
                fingerprint.add(effect, at: time)
            }
            if counters.rosterChanges != rosterChanges {
                instances.note(loaded.cluster.cell.roster, at: time)
            }
            if checks != .off { hasFailed = !failures.isEmpty }
        }
    }

    private mutating func sample(upTo time: Instant) {
        samples.fill(upTo: time, with: ClusterState(loaded.cluster.cell))
        if checks == .everySample { loaded.check() }
    }

    /// With the one after the end, when nothing changes any more.
    private var allSamples: Samples<ClusterState> {
        var all = samples
        let state = ClusterState(loaded.cluster.cell)
        all.fill(upTo: loaded.cluster.now, with: state)
        if loaded.ending == .settled || loaded.ending == .idle {
            all.fill(upTo: loaded.start + all.interval * all.states.count, with: state)
        }
        return all
    }

    private var failures: [CheckFailure] { loaded.cluster.checker?.failures ?? [] }

    /// What has been seen so far; complete when `isOver`.
    package var result: SimulationResult {
        let samples = allSamples
        var counters = counters
        counters.pipelineBusy = loaded.cluster.pipelines.busy
        counters.pipelineBubble = loaded.cluster.pipelines.bubble
        let last = loaded.log.requests.lazy.compactMap(\.ended).max() ?? loaded.cluster.now
        counters.instanceTime = instances.time(until: last)
        return SimulationResult(
            requests: loaded.log.requests, arrivals: loaded.arrivals,
            requestOverhead: loaded.cluster.costs.requestOverhead, gaps: loaded.log.gaps,
            tokensPerSecond: loaded.log.tokensPerSecond, samples: samples.states,
            sampleInterval: samples.interval, decisions: loaded.decisions,
            forgottenDecisions: loaded.forgottenDecisions, counters: counters,
            duration: last - loaded.start, eventCount: loaded.eventCount,
            ending: loaded.ending, failures: failures,
            activities: loaded.cluster.activities, fingerprint: fingerprint.value)
    }
}
