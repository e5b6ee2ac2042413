internal import Cluster
internal import Domain
internal import Planning
internal import Telemetry

/// Counts the cell's rare decisions.
final class ClusterMetrics: Sendable {
    private let events: CounterFamily
    private let drops: CounterFamily
    private let dropSeconds: Histogram
    private let addedBlocks: Counter
    private let exchangedBytes: Counter
    private let exchangeSeconds: Histogram
    private let restores: Counter
    private let restoreSeconds: Histogram
    private let relocations: Counter
    private let relocatedBytes: Counter
    private let stalledSeconds: Histogram
    private let recomputedTokens: Counter
    private let swappedBlocks: CounterFamily
    private let swapWaitSeconds: Histogram
    private let preemptions: Counter
    private let requestedInstances: Gauge
    private let presentInstances: Gauge
    private let startingInstances: Gauge
    private let scaleOuts: CounterFamily
    private let scaleIns: CounterFamily
    private let startSeconds: Histogram
    private let failedStarts: Counter

    init(_ metrics: ServerMetrics) {
        let registry = metrics.registry
        let labels = metrics.labels
        func counter(_ name: String, _ help: String) -> Counter {
            registry.counter("kunserve_\(name)", help, labels: labels)
        }
        func counters(_ name: String, _ help: String) -> CounterFamily {
            registry.counters("kunserve_\(name)", help, labels: labels)
        }
        func seconds(_ name: String, _ help: String) -> Histogram {
            registry.histogram("kunserve_\(name)", help, bounds: Self.bounds, labels: labels)
        }
        events = counters("events_total", "Entries of the event log by kind.")
        drops = counters("drop_total", "Drops begun, by reason.")
        dropSeconds = seconds("drop_seconds", "From deciding on a drop to serving with it.")
        addedBlocks = counter("added_blocks_total", "KV blocks won by drops and reclaims.")
        exchangedBytes = counter("exchange_bytes_total", "KV moved by the exchanges of drops.")
        exchangeSeconds = seconds("exchange_seconds", "Moving all ongoing sequences of a drop.")
        restores = counter("restore_total", "Restores that came to their end.")
        restoreSeconds = seconds("restore_seconds", "From deciding on a restore to its end.")
        relocations = counter("relocation_total", "Sequences moved between groups.")
        relocatedBytes = counter("relocation_bytes_total", "KV moved with sequences.")
        stalledSeconds = seconds("stalled_seconds", "How long a moved sequence stood still.")
        recomputedTokens = counter("recomputed_tokens_total", "Tokens lost by preemption.")
        swappedBlocks = counters("swapped_blocks_total", "KV blocks to and from host memory.")
        swapWaitSeconds = seconds("swap_wait_seconds", "Time of sequences in host memory.")
        preemptions = counter("preemption_total", "Sequences that gave their blocks back.")
        requestedInstances = registry.gauge(
            "kunserve_requested_instances", "Instances that were last asked for.", labels: labels)
        presentInstances = registry.gauge(
            "kunserve_instances_present", "Instances that serve or drain.", labels: labels)
        startingInstances = registry.gauge(
            "kunserve_instances_starting", "Instances that are being started.", labels: labels)
        scaleOuts = counters("scale_out_total", "Instances ordered, by reason.")
        scaleIns = counters("scale_in_total", "Instances told to go, by reason.")
        startSeconds = seconds(
            "instance_start_seconds", "From ordering an instance to its joining.")
        failedStarts = counter("instance_start_failed_total", "Instances that did not start.")
    }

    /// Seconds, from the remapping of pages to the longest exchange.
    private static let bounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    func count(_ note: Note) {
        events.increment(["kind": note.kind])
        switch note {
        case .preempted(_, let lost):
            preemptions.increment()
            recomputedTokens.increment(by: lost)
        case .dropStarted(_, _, _, let reason): drops.increment(["reason": reason.label])
        case .dropFinished(_, let blocks, let duration):
            addedBlocks.increment(by: blocks)
            dropSeconds.observe(duration)
        case .exchangeFinished(_, _, let bytes, let duration):
            exchangedBytes.increment(by: bytes.bytes)
            exchangeSeconds.observe(duration)
        case .reclaimed(_, let blocks): addedBlocks.increment(by: blocks)
        case .restoreFinished(_, let duration):
            restores.increment()
            restoreSeconds.observe(duration)
        case .relocated(_, _, _, let bytes, let stalled):
            relocations.increment()
            relocatedBytes.increment(by: bytes.bytes)
            stalledSeconds.observe(stalled)
        case .swappedOut(_, let blocks):
            swappedBlocks.increment(["direction": "out"], by: blocks)
        case .swappedIn(_, let blocks, let waited):
            swappedBlocks.increment(["direction": "in"], by: blocks)
            swapWaitSeconds.observe(waited)
        case .scaleOut(let instances, let reason):
            scaleOuts.increment(["reason": reason.label], by: instances.count)
        case .scaleIn(_, let reason): scaleIns.increment(["reason": reason.label])
        case .instanceJoined(_, let duration): startSeconds.observe(duration)
        case .instanceStartFailed: failedStarts.increment()
        case .cancelledUnknown, .dropFailed, .noDropPlan, .restoreStarted, .restoreFailed,
            .loadedFromFile, .relocationAborted, .drainStarted, .drainFinished,
            .commandRefused, .instanceLost, .scaleInCalledOff, .instanceConverted,
            .instanceStopped, .lateStep:
            break
        }
    }

    func set(requestedInstances count: Int) { requestedInstances.set(Double(count)) }

    func set(_ roster: InstanceRoster) {
        presentInstances.set(Double(roster.presentCount))
        startingInstances.set(Double(roster.startingCount))
    }
}

extension ScalingReason {
    /// A short constant name.
    fileprivate var label: String {
        switch self {
        case .belowMinimum: "minimum"
        case .tooLittleHeadroom, .tooMuchHeadroom: "headroom"
        case .deadlines: "deadlines"
        case .noBatchWork: "batch"
        case .overload: "overload"
        case .command: "command"
        case .freenessLow, .freenessHigh: "freeness"
        case .leftEmpty, .packedFull: "packing"
        }
    }
}

extension Note.DropReason {
    /// A short constant name.
    fileprivate var label: String {
        switch self {
        case .overload: "overload"
        case .command: "command"
        case .configuration: "configuration"
        }
    }
}
