package import Domain

/// Tells overload from calm, and keeps a cell from swinging between the two.
///
///     demand + expected >= highWater * capacity and
///     (queued > free or queued + expected >
///      free + leastGain * capacity): .drop            the same: .drop again
///          +---------------------------------------------+   +---+
///          |                                             v   |   v
///      +-------+   .restore: calm for the hold,       +-------------+
///      | whole |<-------------------------------------|   dropped   |
///      +-------+   dropped for minimumDropped         +-------------+
///
/// Expected is what demand will grow by within the horizon if it grows on as it has (`Growth`).
/// Calm is `demand + expected < restoreBelow * undroppedCapacity` at every look for as long as the
/// hold, which begins after the last drop. Who waits for a step and not for blocks is no demand,
/// for where requests come all the time somebody always does. While a drop or restore is under
/// way nothing is advised.
///
/// A drop never waits, for it is the answer to an emergency. A restore does: the hold starts at
/// `restoreHold`, doubles with each drop that follows a restore within `relapseWithin`, up to
/// `maximumRestoreHold`, and halves for each `forgetAfter` between a restore and the next drop. So
/// a load that swings faster than the hold keeps the cell dropped, and no load at all makes it
/// restore more often than `OverloadConfiguration.restoresAtMost(within:)` says.
package struct OverloadMonitor: Sendable {
    package let configuration: OverloadConfiguration
    private var growth: Growth
    private var droppedAt: Instant?
    private var restoredAt: Instant?
    private var calmSince: Instant?
    private var doublings = 0
    private var noDropBefore = Instant.zero
    private var noRestoreBefore = Instant.zero

    package init(_ configuration: OverloadConfiguration) {
        self.configuration = configuration
        growth = Growth(over: configuration.horizon)
    }

    /// How long calm must last now before a restore.
    package var restoreHold: Duration { configuration.hold(doublings: doublings) }

    /// To be called at every `sampleInterval`; more often does no harm. Complexity: O(1).
    package mutating func observe(_ load: OverloadLoad, at now: Instant) -> OverloadAdvice {
        growth.note(load.demand, at: now)
        let expected = growth.expected(within: configuration.horizon)
        calmSince = isCalm(load, expected) ? calmSince ?? now : nil
        if isOverloaded(load, expected) {
            let mayDrop = load.canDrop && now >= noDropBefore
            let missing = load.queued - load.free
            return mayDrop ? .drop(missing: missing, expected: expected) : .none
        }
        return !load.isChanging && mayRestore(at: now) ? .restore : .none
    }

    private func isOverloaded(_ load: OverloadLoad, _ expected: BlockCount) -> Bool {
        Double(load.demand + expected) >= configuration.highWater * Double(load.capacity)
            && (load.queued > load.free
                || Double(load.queued + expected - load.free)
                    > configuration.leastGain * Double(load.capacity))
    }

    private func isCalm(_ load: OverloadLoad, _ expected: BlockCount) -> Bool {
        let limit = configuration.restoreBelow * Double(load.undroppedCapacity)
        return load.isDropped && Double(load.demand + expected) < limit
    }

    private func mayRestore(at now: Instant) -> Bool {
        guard configuration.isRestoreEnabled, now >= noRestoreBefore, let calmSince else {
            return false
        }
        let isOldEnough = droppedAt.map { now - $0 >= configuration.minimumDropped } ?? true
        return isOldEnough && now - calmSince >= restoreHold
    }

    /// Parameters were dropped, whoever asked for it. To be called when the drop is complete.
    package mutating func dropped(at now: Instant) {
        if let restoredAt {
            let whole = now - restoredAt
            if whole < configuration.relapseWithin {
                doublings = min(doublings + 1, configuration.mostDoublings)
            } else {
                let forget = max(configuration.forgetAfter, .milliseconds(1))
                doublings = max(0, doublings - Int(whole / forget))
            }
        }
        restoredAt = nil
        droppedAt = now
        calmSince = nil
    }

    /// Parameters are back, whoever asked for it. Where several groups restore, each may call.
    package mutating func restored(at now: Instant) {
        restoredAt = now
    }

    /// No parameters could be dropped: nothing frees enough, or the change failed.
    package mutating func dropFailed(at now: Instant) {
        noDropBefore = now + configuration.retryAfter
    }

    /// The parameters could not be brought back.
    package mutating func restoreFailed(at now: Instant) {
        noRestoreBefore = now + configuration.retryAfter
    }
}
