internal import Domain
internal import Planning

/// The scaling policy of a cell with what it remembers. All instances are of one class, `mixed`,
/// and every request counts as interactive: the cell knows no deadlines.
struct Autoscaler: Sendable {
    let configuration: AutoscalingConfiguration
    /// From the order of an instance to its joining: that of the last one that came.
    private(set) var loadTime: Duration
    private var band: FreenessBandScaler
    private var interactive: InteractiveScaler
    private var burst: BurstRatio
    /// When the number of instances is looked at next.
    private(set) var nextLook = Instant.zero
    /// A start that has failed keeps others from being tried before this.
    private(set) var noStartBefore = Instant.zero
    /// Without new requests nothing would change any more, so nobody needs to look.
    private(set) var isAtRest = false
    /// Since when nothing has run, and nothing was to be done.
    private var calmSince: Instant?

    /// `nil` where the instances of the start stay for good.
    init?(_ configuration: AutoscalingConfiguration) {
        guard configuration.controlsInstances else { return nil }
        self.configuration = configuration
        loadTime = configuration.assumedLoadTime
        band = FreenessBandScaler(configuration)
        interactive = InteractiveScaler(configuration)
        burst = BurstRatio(configuration, loadTime: loadTime)
    }

    mutating func noteArrival(at now: Instant) {
        if case .chiron = configuration.policy { burst.noteArrival(at: now) }
    }

    /// What is to be done now. To be called when `nextLook` has come.
    mutating func decide(_ view: ScalingView, at now: Instant) -> ScalingDecision {
        nextLook = now + configuration.scalingInterval
        switch configuration.policy {
        case .off: return .none
        case .freenessBand: return band.observe(view, at: now)
        case .chiron:
            burst.advance(to: now)
            return interactive.observe(
                view, threshold: burst.threshold, hasBatchBacklog: false, at: now)
        }
    }

    /// An instance has joined so long after it was ordered. Arrivals are counted by load times, so
    /// one that is quite different begins a new history.
    mutating func joined(after time: Duration) {
        loadTime = time
        let ratio = max(time, .milliseconds(1)) / burst.binLength
        guard !(0.5...2).contains(ratio) else { return }
        burst = BurstRatio(configuration, loadTime: time)
    }

    /// The number of instances has been looked at. Whatever takes time to be decided has been, when
    /// it has been calm for longer.
    mutating func noteLook(isCalm: Bool, at now: Instant) {
        let since = isCalm ? calmSince ?? now : nil
        let longest = max(
            configuration.freenessPeriod, configuration.linger(loadTime: loadTime))
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
