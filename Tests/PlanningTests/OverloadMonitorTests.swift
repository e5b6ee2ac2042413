import Domain
import Planning
import Testing

struct OverloadMonitorTests {
    private var calm: OverloadLoad {
        OverloadLoad(
            demand: 100, capacity: 1500, used: 100, queued: 0, free: 1400,
            undroppedCapacity: 1000, isDropped: true, isChanging: false)
    }

    private var overload: OverloadLoad {
        OverloadLoad(
            demand: 1200, capacity: 1000, used: 900, queued: 300, free: 100,
            undroppedCapacity: 1000, isDropped: false, isChanging: false)
    }

    private func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }

    @Test func policiesHaveNames() {
        let names = ["drop", "recompute", "swap", "migrate", "static-pipeline"]
        #expect(OverloadPolicy.allCases.map(\.rawValue) == names)
    }

    @Test func asksForWhatTheQueueLacks() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        #expect(monitor.observe(overload, at: .zero) == .drop(missing: 200, expected: 0))
    }

    @Test(arguments: [(949, false), (950, true), (951, true)])
    func neverDropsBelowTheHighWater(demand: Int, drops: Bool) {
        var monitor = OverloadMonitor(OverloadConfiguration())
        var load = overload
        load.demand = demand
        let advice = monitor.observe(load, at: .zero)
        #expect(advice == (drops ? .drop(missing: 200, expected: 0) : .none))
    }

    @Test func aQueueThatFitsIsNoOverload() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        var load = overload
        load.queued = 100
        #expect(monitor.observe(load, at: .zero) == .none)
        load.queued = 101
        #expect(monitor.observe(load, at: .zero) == .drop(missing: 1, expected: 0))
    }

    @Test func aBurstIsSeenBeforeItsQueue() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        var load = overload
        for look in 0..<200 {
            let used = 400 + 3 * look
            (load.demand, load.used, load.queued, load.free) = (used, used, 0, 1000 - used)
            guard
                case .drop(let missing, let expected) = monitor.observe(
                    load, at: at(Double(look) * 0.05))
            else { continue }
            #expect(missing == used - 1000)
            // 60 blocks a second, for 8 seconds; seen for less than that.
            #expect((200...480).contains(expected))
            #expect((700...800).contains(used))
            return
        }
        Issue.record("no drop")
    }

    @Test func demandThatStandsStillExpectsNothing() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        var load = overload
        (load.demand, load.used, load.queued, load.free) = (940, 940, 0, 60)
        for look in 0..<100 {
            #expect(monitor.observe(load, at: at(Double(look) * 0.05)) == .none)
        }
    }

    @Test func aDroppedCellMayDropAgain() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        monitor.dropped(at: .zero)
        var load = overload
        load.isDropped = true
        #expect(monitor.observe(load, at: at(0.05)) == .drop(missing: 200, expected: 0))
    }

    @Test func nothingIsAdvisedDuringAChange() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        var load = overload
        load.isChanging = true
        load.canDrop = false
        #expect(monitor.observe(load, at: .zero) == .none)
        load = calm
        load.isChanging = true
        load.canDrop = false
        #expect(monitor.observe(load, at: .zero) == .none)
        #expect(monitor.observe(load, at: at(60)) == .none)
        #expect(monitor.observe(calm, at: at(61)) == .restore)
    }

    @Test func calmMustLast() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        monitor.dropped(at: .zero)
        #expect(monitor.observe(calm, at: at(10)) == .none)
        #expect(monitor.observe(calm, at: at(11.999)) == .none)
        #expect(monitor.observe(calm, at: at(12)) == .restore)
    }

    @Test(arguments: [(used: 750, queued: 0), (used: 749, queued: 1)])
    func anythingElseStartsTheHoldAnew(used: BlockCount, queued: BlockCount) {
        var monitor = OverloadMonitor(OverloadConfiguration())
        monitor.dropped(at: .zero)
        #expect(monitor.observe(calm, at: at(10)) == .none)
        var load = calm
        (load.demand, load.used, load.queued) = (used + queued, used, queued)
        #expect(monitor.observe(load, at: at(11)) == .none)
        #expect(monitor.observe(calm, at: at(11.5)) == .none)
        #expect(monitor.observe(calm, at: at(13.4)) == .none)
        #expect(monitor.observe(calm, at: at(13.5)) == .restore)
    }

    @Test func aDropLastsAWhile() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        monitor.dropped(at: at(1))
        for tenth in 10..<60 {
            #expect(monitor.observe(calm, at: at(Double(tenth) / 10)) == .none)
        }
        #expect(monitor.observe(calm, at: at(6)) == .restore)
    }

    @Test func aWholeCellHasNothingToRestore() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        var load = calm
        load.isDropped = false
        #expect(monitor.observe(load, at: .zero) == .none)
        #expect(monitor.observe(load, at: at(100)) == .none)
    }

    @Test func restoresCanBeSwitchedOff() {
        var configuration = OverloadConfiguration()
        configuration.isRestoreEnabled = false
        var monitor = OverloadMonitor(configuration)
        #expect(monitor.observe(calm, at: .zero) == .none)
        #expect(monitor.observe(calm, at: at(1000)) == .none)
    }

    @Test func relapsesDoubleTheHoldAndTimeHalvesIt() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        var now = 0.0
        var holds: [Double] = []
        func cycle(whole: Double) {
            now += whole
            monitor.dropped(at: at(now))
            holds.append(monitor.restoreHold.seconds)
            now += 200
            monitor.restored(at: at(now))
        }
        for _ in 0..<8 { cycle(whole: 1) }
        #expect(holds == [2, 4, 8, 16, 32, 64, 120, 120])
        holds = []
        for whole in [60, 599, 600, 1200, 59.9, 600_000, 59] { cycle(whole: whole) }
        #expect(holds == [120, 120, 64, 16, 32, 2, 4])
    }

    @Test func aDropOnTopOfADropIsNoRelapse() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        monitor.dropped(at: at(0))
        monitor.dropped(at: at(1))
        #expect(monitor.restoreHold == .seconds(2))
        monitor.restored(at: at(10))
        monitor.dropped(at: at(11))
        monitor.dropped(at: at(12))
        #expect(monitor.restoreHold == .seconds(4))
    }

    @Test func aDropEndsTheCalmBefore() {
        var configuration = OverloadConfiguration()
        configuration.minimumDropped = .zero
        var monitor = OverloadMonitor(configuration)
        monitor.dropped(at: .zero)
        #expect(monitor.observe(calm, at: at(10)) == .none)
        monitor.dropped(at: at(11.9))
        #expect(monitor.observe(calm, at: at(12)) == .none)
        #expect(monitor.observe(calm, at: at(14)) == .restore)
    }

    @Test func failuresAreNotRepeatedAtOnce() {
        var monitor = OverloadMonitor(OverloadConfiguration())
        monitor.dropFailed(at: .zero)
        #expect(monitor.observe(overload, at: at(0.95)) == .none)
        #expect(monitor.observe(overload, at: at(1)) == .drop(missing: 200, expected: 0))
        #expect(monitor.observe(calm, at: at(10)) == .none)
        #expect(monitor.observe(calm, at: at(12)) == .restore)
        monitor.restoreFailed(at: at(12))
        #expect(monitor.observe(calm, at: at(12.5)) == .none)
        #expect(monitor.observe(calm, at: at(13)) == .restore)
    }

    /// Values that make no sense must not trap.
    @Test func oddConfigurationsAreHarmless() {
        var configuration = OverloadConfiguration()
        configuration.restoreHold = .zero
        configuration.maximumRestoreHold = .zero
        configuration.forgetAfter = .zero
        configuration.relapseWithin = .seconds(-1)
        configuration.minimumDropped = .seconds(-1)
        var monitor = OverloadMonitor(configuration)
        monitor.restored(at: .zero)
        monitor.dropped(at: at(1))
        #expect(monitor.restoreHold == .milliseconds(1))
        #expect(configuration.restoresAtMost(within: .seconds(1)) > 0)
        configuration.maximumRestoreHold = .seconds(Int64(1) << 40)
        #expect(configuration.restoresAtMost(within: .zero) > 40)
    }
}
