import Domain
import Planning
import Testing

struct DispatcherTests {
    private func view(_ loads: [(running: Int, waiting: Int, free: Int)]) -> ClusterView {
        ClusterView(
            groups: loads.enumerated().map { index, load in
                GroupLoad(
                    group: GroupID(index: index), running: load.running, waiting: load.waiting,
                    freeBlocks: load.free, totalBlocks: 100)
            })
    }

    @Test func roundRobinTakesTurns() {
        var dispatcher = Dispatcher(policy: .roundRobin)
        let view = view([(0, 0, 9), (0, 0, 9), (0, 0, 9)])
        #expect((0..<4).map { _ in dispatcher.choose(from: view)?.index } == [0, 1, 2, 0])
    }

    @Test func leastRequestsCountsRunningAndWaiting() {
        var dispatcher = Dispatcher(policy: .leastRequests)
        #expect(dispatcher.choose(from: view([(2, 1, 9), (1, 1, 1), (2, 0, 9)]))?.index == 1)
    }

    @Test func shortestQueueBreaksTiesByFreeBlocks() {
        var dispatcher = Dispatcher(policy: .shortestQueue)
        #expect(dispatcher.choose(from: view([(0, 1, 9), (9, 0, 1), (9, 0, 2)]))?.index == 2)
    }

    @Test(arguments: DispatchPolicy.allCases)
    func drainingGroupsTakeNothing(policy: DispatchPolicy) {
        var dispatcher = Dispatcher(policy: policy)
        var view = view([(0, 0, 9), (5, 5, 1)])
        view.groups[0].isDraining = true
        #expect(dispatcher.choose(from: view)?.index == 1)
        view.groups[1].isDraining = true
        #expect(dispatcher.choose(from: view) == nil)
    }
}
