/// When a cell drops and restores parameters. "The paper" is KunServe (EuroSys 2026).
package struct OverloadConfiguration: Hashable, Sendable {
    /// Demand for KV, as a share of what there is, from which a cell may drop. The paper gives no
    /// number; its released code votes at 95 %.
    package var highWater = 0.95
    /// KV in use, as a share of what there is without a drop, below which a cell may restore. The
    /// paper and its code say 50 %, since a group must fit what its members will have; here groups
    /// are thinned first, and what grows counts as used.
    package var restoreBelow = 0.75
    /// How far a cell looks ahead, and back: what demand will grow by within this time, if it grows
    /// on as it has for about as long, counts as demand already. So it drops before a queue forms,
    /// and at once as much as the burst will need. The paper speaks of being "about to be in
    /// overload" and gives no number, its code does not look ahead.
    package var horizon = Duration.seconds(8)
    /// What is only expected must exceed what is free by this share of all there is: at the top of
    /// a slow wave a little noise looks like a burst, and pipelines cost speed. Own choice.
    package var leastGain = 0.05
    /// Time between two looks at the load. Own choice, a decode step or so: the paper's code looks
    /// every 100 ms at numbers that are up to 500 ms old.
    package var sampleInterval = Duration.milliseconds(50)
    /// Time that calm must last before a restore. Own choice, for the paper has no hysteresis: as
    /// long as the exchange that the next drop costs there, 1 to 2 s.
    package var restoreHold = Duration.seconds(2)
    /// What the hold grows to, at most, when drops follow restores quickly. Own choice.
    package var maximumRestoreHold = Duration.seconds(120)
    /// A drop this soon after a restore doubles the hold: the restore was a mistake. Own choice.
    package var relapseWithin = Duration.seconds(60)
    /// Each such time between a restore and the next drop halves the hold again. Own choice: the
    /// length of the trace in which the paper finds two overloads.
    package var forgetAfter = Duration.seconds(600)
    /// Time between a drop and the restore that follows it, at least: the grace period that the
    /// paper's code defines and does not use.
    package var minimumDropped = Duration.seconds(5)
    /// Time after a drop or restore that failed before the same is advised again. Own choice.
    package var retryAfter = Duration.seconds(1)
    /// The most instances that execute a request together. The paper sets no limit and reaches
    /// four. A second merge frees half as much per instance as the first, moves twice the KV and
    /// costs as much speed again: in most of the paper's workloads that makes queues longer.
    package var maxStages = 2
    /// Parameters come back by themselves.
    package var isRestoreEnabled = true

    package init() {}
}

extension OverloadConfiguration {
    /// The hold after so many doublings.
    func hold(doublings: Int) -> Duration {
        min(shortestHold * (1 << doublings), max(shortestHold, maximumRestoreHold))
    }

    /// Doublings that take the hold to its maximum; a millisecond and 292 years are 43 apart.
    var mostDoublings: Int {
        (0..<48).first { shortestHold * (1 << $0) >= maximumRestoreHold } ?? 48
    }

    /// A hold of nothing could not be doubled.
    private var shortestHold: Duration { max(restoreHold, .milliseconds(1)) }

    /// How often, at most, a cell restores within any stretch of time, whatever the load does.
    /// With the defaults 7, and 1 more for each 65 s and for each 600 s. Restores of several groups
    /// without a drop in between are one.
    ///
    /// Let a cycle be what lies between two restores: some time whole, a drop, and some time
    /// dropped, which is at least m, the longer of the hold at that moment and `minimumDropped`.
    /// There are three kinds of cycle.
    /// 1. The drop is a relapse, and the hold doubles. The hold has room for `mostDoublings`, and
    ///    for one more with each halving: that many, and one for each `forgetAfter`.
    /// 2. The drop is a relapse, and the hold is at its maximum already: the cycle takes that long.
    /// 3. The drop is no relapse: the cycle takes `relapseWithin` + m.
    package func restoresAtMost(within time: Duration) -> Int {
        let dropped = max(shortestHold, minimumDropped)
        let slowCycle = min(max(dropped, maximumRestoreHold), dropped + max(.zero, relapseWithin))
        let forget = max(forgetAfter, .milliseconds(1))
        return 1 + mostDoublings + Int(time / forget) + Int(time / slowCycle)
    }
}
