internal import Domain
internal import Planning

/// The scaling policy of a cell with what it remembers.
struct Autoscaler: Sendable {
    let configuration: AutoscalingConfiguration
    /// From the order of an instance to its joining: that of the last one that came.
    private(set) var loadTime: Duration
    private var band: FreenessBandScaler
    private var interactive: InteractiveScaler
    private let packing: PackingScaler
    private let packingLinger: Duration
    private var burst: BurstRatio
    private let batch: BatchScaler
    /// Since when deadlines have called for instances, and for how many at least.
    private var shortage: Shortage?
    /// When the number of instances is looked at next.
    private(set) var nextLook = Instant.zero
    /// A start that has failed keeps others from being tried before this.
    private(set) var noStartBefore = Instant.zero
    /// Without new requests nothing would change any more, so nobody needs to look.
    private(set) var isAtRest = false
    /// Since when nothing has run, and nothing was to be done.
    private var calmSince: Instant?

    /// `nil` where the instances of the start stay for good.
    init?(_ configuration: AutoscalingConfiguration, packingLinger: Duration = .zero) {
        guard configuration.controlsInstances else { return nil }
        self.configuration = configuration
        loadTime = configuration.assumedLoadTime
        band = FreenessBandScaler(configuration)
        interactive = InteractiveScaler(configuration)
        packing = PackingScaler(configuration)
        self.packingLinger = packingLinger
        burst = BurstRatio(configuration, loadTime: loadTime)
        batch = BatchScaler(configuration)
    }

    mutating func noteArrival(at now: Instant) {
        if case .chiron = configuration.policy { burst.noteArrival(at: now) }
    }

    /// What is to be done now: first for those that somebody waits for. To be called when
    /// `nextLook` has come.
    mutating func decide(
        _ view: ScalingView, _ backlog: [RequestBacklog], _ lengths: LengthHistory,
        at now: Instant
    ) -> ScalingDecision {
        nextLook = now + configuration.scalingInterval
        switch configuration.policy {
        case .off: return .none
        case .freenessBand: return band.observe(view, at: now)
        case .packing: return packing.decide(view)
        case .chiron:
            burst.advance(to: now)
            let decision = interactive.observe(
                view, threshold: burst.threshold, hasBatchBacklog: !backlog.isEmpty, at: now)
            guard decision == .none else { return decision }
            return bePatient(
                batch.decide(view, backlog: backlog, lengths: lengths, at: now), backlog, at: now)
        }
    }

    /// Instances for deadlines are ordered when they have been called for long enough, or when the
    /// first deadline is near.
    private mutating func bePatient(
        _ decision: ScalingDecision, _ backlog: [RequestBacklog], at now: Instant
    ) -> ScalingDecision {
        guard case .add(let count, let type, let reason) = decision, let first = backlog.first
        else {
            shortage = nil
            return decision
        }
        let since = shortage?.since ?? now
        let least = min(count, shortage?.count ?? count)
        let patience = configuration.deadlinePatience
        guard now - since >= patience || first.deadline - now < loadTime + patience * 2 else {
            shortage = Shortage(since: since, count: least)
            return .none
        }
        shortage = nil
        return .add(count: least, type, reason)
    }

    private struct Shortage {
        let since: Instant
        let count: Int
    }

    /// An instance has joined so long after it was ordered. Arrivals are counted by load times, so
    /// one that is quite different begins a new history.
    mutating func joined(after time: Duration) {
        loadTime = time
        let ratio = max(time, configuration.leastBurstBin) / burst.binLength
        guard !(0.5...2).contains(ratio) else { return }
        burst = BurstRatio(configuration, loadTime: time)
    }

    /// The number of instances has been looked at. Whatever takes time to be decided has been, when
    /// it has been calm for longer.
    mutating func noteLook(isCalm: Bool, at now: Instant) {
        let since = isCalm ? calmSince ?? now : nil
        let longest = max(
            configuration.freenessPeriod, configuration.linger(loadTime: loadTime), packingLinger)
        calmSince = since
        isAtRest = since.map { now - $0 > longest } ?? false
    }

    /// Something runs or waits.
    mutating func noteWork() {
        isAtRest = false
        calmSince = nil
    }

    mutating func startFailed(at now: Instant) {
        noStartBefore = now + configuration.startRetryAfter
    }
}
