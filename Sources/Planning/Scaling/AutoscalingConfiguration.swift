/// When instances come and go, and how full they are. "The paper" is Chiron (arXiv 2501.08090),
/// whose tick lengths, initial sizes, limits and cooldowns are not known to us.
package struct AutoscalingConfiguration: Hashable, Sendable {
    package var policy = AutoscalingPolicy.off
    /// With `chiron`: all of it, or an ablation.
    package var parts = ChironParts.all
    /// A batch size that nothing changes (the paper's ablation); `nil` leaves it to `chiron`, and
    /// to `--max-num-seqs` where that does not control it.
    package var staticBatchSize: Int?

    /// Interactive and mixed instances, at least. Llumnix' default.
    package var minimumInstances = 1
    /// Instances of all classes, at most. Llumnix' default.
    package var maximumInstances = 16
    /// Time between two looks at the number of instances. Own choice: short beside a load time.
    package var scalingInterval = Duration.seconds(1)

    /// From the order of an instance to its joining, until one has joined. Own choice: a process
    /// that starts and reads some tens of gigabytes.
    package var assumedLoadTime = Duration.seconds(30)
    /// Time after a start that has failed before another one. Own choice: a load time.
    package var startRetryAfter = Duration.seconds(30)

    // MARK: Batch size, on every instance

    /// Time between two looks at the batch size. Own choice: long enough for several steps.
    package var batchInterval = Duration.seconds(1)
    /// Sequences at once in the beginning. Own choice: few enough for most latency objectives, and
    /// three doublings from hundreds.
    package var initialBatchSize = 32
    /// What halving stops at. The paper's; an objective that no batch meets has one sequence run at
    /// a time with it, and a queue that grows.
    package var leastBatchSize = 1
    /// Share of the step that pressure asks for which is taken at once: alpha of Algorithm 1.
    package var batchSmoothing = 0.5
    /// Share of the latency objective that is aimed at. Own choice: at 1, as in the paper, 3 % of
    /// noise break the objective in every eighth window.
    package var latencyAim = 0.9
    /// Share of the latency objective from which a batch is halved. The paper halves from 1, and
    /// noise alone then halves every few ticks. Own choice: as far above the objective as the aim
    /// is below it; in between the batch shrinks as it grows, in proportion.
    package var halveFrom = 1.1
    /// The most by which a batch grows in one tick. Own choice, for at little pressure the paper's
    /// rule knows no bounds: what one halving takes back.
    package var growthLimit = 2.0
    /// Loss of throughput after growth that says thrashing. Own choice: the paper takes any loss,
    /// of which there is one after each halving, and the batch falls to 1.
    package var throughputLoss = 0.05
    /// Growth since the best throughput from which a loss is put down to it. Own choice.
    package var growthThatCounts = 0.1
    /// Share of the size with the best throughput to which a batch that thrashed grows again, and
    /// for how many ticks no further. Own choices: one tick in thirty is then spent thrashing.
    package var ceilingShare = 0.9
    package var ceilingTicks = 60

    // MARK: Batch requests on mixed instances

    /// Share of a mixed instance's batch and blocks that is filled with batch requests, so that an
    /// interactive one mostly finds room without waiting for others to give way. Own choice.
    package var lentShare = 0.9
    /// A mixed instance that has had no interactive request for so long takes as many batch
    /// requests as their own objective allows; with the next interactive one most of those have to
    /// give way. Own choice: seldom beside the time that their copies take.
    package var idleBeforeBatch = Duration.seconds(10)

    // MARK: Interactive instances

    /// Share of an instance by which the load must have fallen below a whole number of them before
    /// one less counts as busy. Own choice.
    package var busyHysteresis = 0.25
    /// The same in standard deviations of the load: requests that come independently of each other
    /// are n, give or take the root of n. Own choice.
    package var busyDeviations = 3.0
    /// Time that too many instances must have been there before one goes, and until the next: in
    /// load times, but no less than so much. Own choices: whoever removes too early waits for a
    /// load time to have it back.
    package var lingerLoadTimes = 3.0
    package var minimumLinger = Duration.seconds(60)
    /// Share of busy instances (the paper's Theta) until enough is known. Own choice: a burst of
    /// twice the usual.
    package var initialBusyShare = 0.5
    /// What the share is kept within, whatever the history says. Own choice.
    package var busyShareRange = 0.1...0.9
    /// The burst to be ready for: so many of the load times that were seen had fewer arrivals. Own
    /// choice.
    package var burstQuantile = 0.99
    /// Arrivals are counted for so long at least. Own choice: what comes in a tenth of a second,
    /// which a small model takes to load, says nothing of bursts.
    package var leastBurstBin = Duration.seconds(1)
    /// Load times of which the arrivals are remembered, and from how many on they are believed.
    /// Own choices: hours, and enough for more than a guess.
    package var burstBins = 512
    package var leastBurstBins = 32

    // MARK: Batch instances

    /// Deadlines as close as this share a group. Own choice: a load time or so, for no decision is
    /// finer.
    package var deadlineTolerance = Duration.seconds(60)
    /// Standard deviations on the safe side of an expected wait. Own choice: 98 of 100.
    package var waitDeviations = 2.0
    /// Answers that count in the mean length; older ones fade. Own choice.
    package var rememberedLengths = 4096
    /// Mean and deviation of lengths of which nothing is known, and for how many answers that
    /// counts. Own choices.
    package var assumedLength = 256.0
    package var assumedLengthWeight = 8
    /// Time on the safe side of a deadline, for late looks and slow starts. Own choice.
    package var deadlineMargin = Duration.seconds(10)
    /// Instances that count as ordered at the next look when it is asked whether one must be now:
    /// 1 orders as late as possible (the paper's intent), so that lent head-room does most; 0
    /// orders when the present rate will not do.
    package var heldBackInstances = 1
    /// For so long every look must find that instances are missing, if there is time for that; then
    /// the fewest are ordered that any of those looks asked for. Own choice: in the first seconds
    /// after many requests have come hardly anything is generated, and rates seem low.
    package var deadlinePatience = Duration.seconds(10)
    /// Requests that nothing can serve in time any more are to be served within so long after new
    /// instances could be there. Own choice.
    package var lateGrace = Duration.seconds(300)

    /// With more time than this until its deadline, a batch request waits for room beside
    /// interactive ones where requests are packed. Own choice: as `lateGrace`.
    package var companySlack = Duration.seconds(300)

    // MARK: Freeness band

    /// Average freeness, in steps, below which instances are added and above which they are
    /// removed. Llumnix' artifact has 10 and 60 and counts blocks of 16 tokens for each request.
    package var freenessBand = 160.0...960.0
    /// How long it must last. Llumnix' artifact looks every 10 s.
    package var freenessPeriod = Duration.seconds(10)

    package init() {}
}

extension AutoscalingConfiguration {
    /// Batch sizes follow the objectives.
    package var controlsBatchSize: Bool {
        policy == .chiron && parts != .globalOnly && staticBatchSize == nil
    }

    /// Instances come and go.
    package var controlsInstances: Bool {
        policy == .freenessBand || policy == .packing
            || policy == .chiron && parts != .localOnly
    }

    /// How many sequences run at once in the beginning.
    var firstBatchSize: Int { max(1, leastBatchSize, staticBatchSize ?? initialBatchSize) }

    /// How long too many interactive instances must have been there before one goes.
    package func linger(loadTime: Duration) -> Duration {
        max(minimumLinger, loadTime * lingerLoadTimes)
    }
}
