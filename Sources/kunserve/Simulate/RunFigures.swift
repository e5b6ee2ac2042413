internal import Benchmarking
internal import Domain
internal import Simulation

/// What is left of a run in a table.
struct RunFigures: Sendable {
    let job: SimulationPlan.Job
    /// Milliseconds, of completed requests as clients see them.
    let ttft: Distribution
    let tpot: Distribution
    let requests: Int
    let completed: Int
    let rejected: Int
    let failed: Int
    let unfinished: Int
    let outputTokens: Int
    let counters: SimulationCounters
    /// KV of requests as a share of the KV there is without a drop: mean while requests were
    /// there, and most.
    let meanUsage: Double
    let peakUsage: Double
    /// Milliseconds that moving sequences stood still.
    let stalls: Distribution
    /// Milliseconds between two tokens of a request, of all of them.
    let gaps: Distribution
    /// Instances with a sequence, in the mean until the last request ended.
    let busyInstances: Double
    /// In their order.
    let cohorts: [CohortFigures]
    let virtualSeconds: Double
    let realSeconds: Double
    let ending: String
    let failure: String?
    let fingerprint: UInt64

    init(_ result: SimulationResult, _ job: SimulationPlan.Job, took time: Duration) {
        self.job = job
        let completedRequests = result.requests.lazy.filter { $0.outcome == .completed }
        ttft = Distribution(
            completedRequests.compactMap { result.timeToFirstToken($0)?.seconds }.map { $0 * 1e3 })
        tpot = Distribution(
            completedRequests.compactMap { $0.timePerToken?.seconds }.map { $0 * 1e3 })
        requests = result.arrivals.count
        completed = result.count(of: .completed)
        rejected = result.count(of: .rejected)
        failed = result.count(of: .failed)
        unfinished = result.count(of: .unfinished) + result.arrivals.count - result.requests.count
        outputTokens = result.tokensPerSecond.reduce(0, +)
        counters = result.counters
        let base = result.samples.first?.instances.reduce(ByteCount.zero) {
            $0 + $1.used + $1.cached + $1.free
        }
        let usages = result.samples.map { $0.usage(of: base ?? .zero) }
        meanUsage = Distribution(usages).mean
        peakUsage = usages.max() ?? 0
        stalls = Distribution(result.counters.stalls.quantiles(1001).map { $0.seconds * 1e3 })
        gaps = Distribution(result.gaps.quantiles(10_001).map { $0.seconds * 1e3 })
        busyInstances = result.meanBusyInstances ?? 0
        cohorts = result.cohorts.map(CohortFigures.init)
        virtualSeconds = result.duration.seconds
        realSeconds = time.seconds
        ending = result.ending.map { "\($0)" } ?? "cut short"
        failure = result.failures.first?.description
        fingerprint = result.fingerprint
    }

    var busyInstanceHours: Double { busyInstances * virtualSeconds / 3600 }
    var outputTokensPerSecond: Double { Double(outputTokens) / max(virtualSeconds, 1e-9) }
    var requestsPerRealSecond: Double { Double(requests) / max(realSeconds, 1e-9) }

    /// The share of requests that miss an objective; those without an answer miss every one.
    func share(of values: Distribution, above limit: Double) -> Double {
        let slow = values.count(above: limit)
        // A request of one token has no time per token, and misses none.
        let missing = requests - completed
        return Double(slow + missing) / Double(max(1, requests))
    }
}

/// A run with everything that was to be seen of it.
struct SimulationOutcome: Sendable {
    let figures: RunFigures
    let result: SimulationResult

    init(job: SimulationPlan.Job, result: SimulationResult, took time: Duration) {
        figures = RunFigures(result, job, took: time)
        self.result = result
    }
}
