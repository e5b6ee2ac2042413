import Domain
import Planning
import TestSupport
import Testing

struct DispatcherTests {
    private func load(
        _ index: Int, _ running: Int, _ waiting: Int, _ free: Int, isDraining: Bool = false
    ) -> GroupLoad {
        GroupLoad(
            group: GroupID(index: index), running: running, waiting: waiting, freeBlocks: free,
            totalBlocks: 100, isDraining: isDraining)
    }

    private func dispatcher(
        _ policy: DispatchPolicy, _ loads: [(running: Int, waiting: Int, free: Int)]
    ) -> Dispatcher {
        var dispatcher = Dispatcher(policy: policy)
        for (index, each) in loads.enumerated() {
            let load = load(index, each.running, each.waiting, each.free)
            dispatcher.update(load.group, to: load)
        }
        return dispatcher
    }

    @Test func roundRobinTakesTurns() {
        var dispatcher = dispatcher(.roundRobin, [(0, 0, 9), (0, 0, 9), (0, 0, 9)])
        #expect((0..<4).map { _ in dispatcher.choose()?.index } == [0, 1, 2, 0])
    }

    @Test func leastRequestsCountsRunningAndWaiting() {
        var dispatcher = dispatcher(.leastRequests, [(2, 1, 9), (1, 1, 1), (2, 0, 9)])
        #expect(dispatcher.choose()?.index == 1)
    }

    @Test func leastRequestsCountsForEachMember() {
        var dispatcher = dispatcher(.leastRequests, [(2, 1, 9)])
        var pair = load(1, 4, 1, 9)
        pair.members = 2
        dispatcher.update(pair.group, to: pair)
        #expect(dispatcher.choose()?.index == 1)
    }

    @Test func shortestQueueBreaksTiesByFreeBlocks() {
        var dispatcher = dispatcher(.shortestQueue, [(0, 1, 9), (9, 0, 1), (9, 0, 2)])
        #expect(dispatcher.choose()?.index == 2)
    }

    /// What waits counts as if it held its blocks.
    @Test func freenessCountsWhatWaits() {
        var dispatcher = Dispatcher(policy: .freeness)
        for (index, waiting) in [40, 10, 30].enumerated() {
            var load = load(index, 3, 1, 100)
            load.waitingBlocks = waiting
            dispatcher.update(load.group, to: load)
        }
        #expect(dispatcher.choose()?.index == 1)
        var urgent = load(1, 3, 1, 100)
        urgent.headroomBlocks = 90
        dispatcher.update(urgent.group, to: urgent)
        #expect(dispatcher.choose()?.index == 2)
    }

    @Test(arguments: DispatchPolicy.allCases)
    func drainingGroupsTakeNothing(policy: DispatchPolicy) {
        var dispatcher = dispatcher(policy, [(0, 0, 9), (5, 5, 1)])
        dispatcher.update(GroupID(index: 0), to: load(0, 0, 0, 9, isDraining: true))
        #expect(dispatcher.choose()?.index == 1)
        dispatcher.update(GroupID(index: 1), to: nil)
        #expect(dispatcher.choose() == nil)
    }

    /// The tree knows the first of the least keys, whatever has changed before.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func tournamentFindsTheLeast(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var tournament = Tournament<Int>()
        var model: [Int?] = []
        for _ in 0..<300 {
            let place = Int.random(in: 0..<40, using: &generator)
            let key = Int.random(in: 0..<4, using: &generator)
            while model.count <= place { model.append(nil) }
            model[place] = key == 0 ? nil : key
            tournament.set(model[place], at: place)
            let least = model.compactMap { $0 }.min()
            #expect(tournament.winner == (least.flatMap { model.firstIndex(of: $0) }))
        }
    }
}
