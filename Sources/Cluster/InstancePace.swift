internal import Domain
internal import Planning

/// How many sequences one instance runs at once, and what it did since that was last decided
/// (Chiron's local autoscaler, §4). Objectives of interactive and of batch requests are orders of
/// magnitude apart, so there is one size for each: with the first interactive request an instance
/// goes back to the size that was right for those, and not by halves from that for the others.
struct InstancePace: Sendable {
    private var interactive: BatchSizeControl
    private var batch: BatchSizeControl
    /// The size for interactive requests is in force.
    private(set) var isInteractive = true
    /// When an interactive request was last seen.
    private var lastInteractive: Instant
    private let idleBeforeBatch: Duration
    /// Tokens per second while more requests wanted to run than did; `nil` until then.
    private(set) var fullRate: Double?
    /// So many sequences with their prompts would have their tokens in time; `nil` where all that
    /// run have. Fewer of them here would not help, more instances do.
    private var timely: Double?
    private let smoothing: Double
    private let latencyAim: Double
    private var since: Instant
    private var generated: TokenCount = 0
    /// Of all tokens, and of those that no prompt has delayed.
    private var delay = Duration.zero
    private var delayCount = 0
    private var latency = Duration.zero
    private var latencyCount = 0
    private var steps = 0
    private var promptSteps = 0
    /// The last latency of that kind, and how many sequences ran.
    private var decoding: (latency: Duration, running: Double)?
    /// Steps in which no more sequences might run, and in which others wanted to.
    private var fullSteps = 0
    private var saturatedSteps = 0

    init(_ configuration: AutoscalingConfiguration, at now: Instant) {
        interactive = BatchSizeControl(configuration)
        batch = BatchSizeControl(configuration)
        smoothing = configuration.batchSmoothing
        latencyAim = configuration.latencyAim
        idleBeforeBatch = configuration.idleBeforeBatch
        lastInteractive = now
        since = now
    }

    var batchSize: Int { isInteractive ? interactive.batchSize : batch.batchSize }
    /// Tokens come later than is owed, if only for prompts: who comes next had better go elsewhere.
    var isLate: Bool { timely != nil }
    /// Interactive requests that instances are to be counted by.
    var scalingSize: Int {
        let size = Double(interactive.batchSize)
        return isInteractive ? max(1, Int(min(size, timely ?? size))) : Int(size)
    }

    /// What another instance has found out holds here, too, for all are alike.
    func copy(at now: Instant) -> Self {
        var copy = self
        (copy.timely, copy.decoding) = (nil, nil)
        copy.begin(at: now)
        return copy
    }

    /// A sequence has produced a token, so long after the one before. What a prompt in the same
    /// step has delayed says nothing of the batch: with fewer sequences the prompts, of which there
    /// are as many, would only wait longer for each other (own choice, where the paper takes all).
    mutating func noteToken(after time: Duration?, besidePrompts: Bool) {
        generated += 1
        guard let time else { return }
        delay += time
        delayCount += 1
        guard !besidePrompts else { return }
        latency += time
        latencyCount += 1
    }

    /// A step has ended in which no more sequences might run, or in which others wanted to.
    mutating func noteStep(isFull: Bool, isSaturated: Bool, hasPrompts: Bool) {
        steps += 1
        if hasPrompts { promptSteps += 1 }
        if isFull { fullSteps += 1 }
        if isSaturated { saturatedSteps += 1 }
    }

    /// Whether interactive requests are there decides which size is in force; what was seen under
    /// the other does not count.
    ///
    /// - Parameter isOnlyBatch: The instance is for nothing else.
    mutating func note(hasInteractive: Bool, isOnlyBatch: Bool, at now: Instant) {
        if hasInteractive { lastInteractive = now }
        let goesByInteractive =
            hasInteractive || !isOnlyBatch && now - lastInteractive < idleBeforeBatch
        guard isInteractive != goesByInteractive else { return }
        isInteractive = goesByInteractive
        (timely, decoding) = (nil, nil)
        begin(at: now)
    }

    /// Decides the size anew. What was seen for less than `interval` counts next time.
    mutating func tick(_ limits: BatchLimits, interval: Duration, at now: Instant) {
        guard steps > 0 else {
            timely = nil
            return begin(at: now)
        }
        guard now - since >= interval else { return }
        let running = Double(generated) / Double(steps)
        let window = BatchWindow(
            duration: now - since, generated: generated,
            interTokenLatency: decodingLatency(of: running),
            objective: limits.objective, running: running, isFull: 2 * fullSteps > steps,
            mostRunning: limits.mostRunning, capacity: limits.capacity,
            tokensPerRequest: limits.tokensPerRequest)
        let owed = limits.objective * (latencyAim * Double(delayCount))
        timely = delay > owed ? running * (owed / delay) : nil
        let before = batchSize
        if isInteractive { _ = interactive.tick(window) } else { _ = batch.tick(window) }
        // A smaller batch is not answerable for what a larger one was seen to cause.
        if batchSize < before, latencyCount == 0 { decoding = nil }
        // While the batch grows more is to be expected.
        if 2 * saturatedSteps > steps, 10 * batchSize <= 11 * before {
            let rate = Double(generated) / (now - since).seconds
            fullRate = fullRate.map { $0 + smoothing * (rate - $0) } ?? rate
        }
        begin(at: now)
    }

    /// The latency between tokens that the batch is answerable for. Where every step has had
    /// prompts it is the last one that was seen, for as many more sequences as run now longer in
    /// proportion, which is more than it is. `nil` as long as there was none.
    private mutating func decodingLatency(of running: Double) -> Duration? {
        if latencyCount > 0 {
            decoding = (latency / latencyCount, Double(latencyCount) / Double(steps - promptSteps))
        }
        return decoding.map { $0.latency * max(1, running / $0.running) }
    }

    private mutating func begin(at now: Instant) {
        since = now
        (generated, latency, latencyCount, steps) = (0, .zero, 0, 0)
        (promptSteps, fullSteps, saturatedSteps) = (0, 0, 0)
        (delay, delayCount) = (.zero, 0)
    }
}

/// What bounds the batch of an instance.
struct BatchLimits: Sendable {
    /// The tightest latency between tokens that is owed.
    var objective: Duration
    var mostRunning: Int
    /// Tokens whose KV the instance has room for, and those of a sequence in the end.
    var capacity: TokenCount
    var tokensPerRequest: Double
}
