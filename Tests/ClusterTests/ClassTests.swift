import Domain
import Planning
import Scheduling
import Testing

@testable import Cluster

/// Interactive and batch requests on instances that they share, and on such of their own.
struct ClassTests {
    /// Instances of 20 blocks of 4 tokens, four sequences at once.
    func harness(
        instances: Int = 1, present: Int? = nil, hostBlocks: BlockCount = 40,
        batchSize: Int? = 4, _ change: (inout CellConfiguration) -> Void = { _ in }
    ) -> CellHarness {
        let counts = Array(repeating: 20, count: instances)
        return CellHarness(blockCounts: counts, weightPages: 8) {
            $0.maxRunning = 16
            $0.isPrefixCaching = false
        } cell: {
            $0.startInstances = present
            $0.hostBlocks = hostBlocks
            $0.overload.sampleInterval = .milliseconds(2)
            $0.autoscaling.policy = .chiron
            $0.autoscaling.staticBatchSize = batchSize
            $0.autoscaling.lentShare = 1
            $0.autoscaling.idleBeforeBatch = .zero
            $0.autoscaling.assumedLength = 8
            $0.autoscaling.maximumInstances = instances
            $0.autoscaling.scalingInterval = .seconds(1000)
            change(&$0)
        }
    }

    func request(
        _ id: UInt64, _ service: ServiceClass?, prompt: Int = 8, maxTokens: Int = 12,
        ttft: Duration? = nil, itl: Duration? = nil
    ) -> GenerationRequest {
        var request = GenerationRequest.numbered(id, prompt: prompt, maxTokens: maxTokens)
        request.objective = service.map {
            ServiceLevelObjective($0, timeToFirstToken: ttft, interTokenLatency: itl)
        }
        return request
    }

    /// A harness whose first instance is full of batch requests that are at work.
    private func busy(
        _ count: Int, _ harness: CellHarness, maxTokens: Int = 12
    ) -> (CellHarness, [GenerationRequest]) {
        var harness = harness
        let requests = (1...count).map {
            request(UInt64($0), .batch, maxTokens: maxTokens, ttft: .seconds(100 - $0))
        }
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<6 { harness.finishStep() }
        return (harness, requests)
    }

    var firstGroup: GroupID { GroupID(index: 0) }

    private func swapNotes(_ harness: CellHarness) -> (out: Int, back: Int) {
        harness.notes.reduce(into: (0, 0)) {
            if case .swappedOut = $1 { $0.0 += 1 }
            if case .swappedIn = $1 { $0.1 += 1 }
        }
    }

    // MARK: The queue

    @Test func batchRequestsFillSeatsByDeadline() {
        var harness = harness()
        let requests = [3, 1, 2, 5, 4, 6].map {
            request($0, .batch, ttft: .seconds(1000 * Int($0)))
        }
        for request in requests { harness.send(.submitted(request)) }
        #expect(harness.cell.batchQueue.count == 2)
        var order: [RequestID] = []
        while !harness.inFlight.isEmpty {
            harness.finishStep()
            let new = harness.received.keys.filter { !order.contains($0) }
            order += new.sorted()
        }
        harness.expectExact(requests)
        #expect(order.suffix(2) == [RequestID(4), RequestID(6)], "\(order)")
    }

    @Test func cancelledBatchRequestsLeaveNothing() {
        var (harness, requests) = busy(6, harness())
        harness.send(.submitted(request(20, .interactive)))
        harness.finishStep()
        for request in requests { harness.send(.cancelled(request.id, .aborted)) }
        harness.drainSteps()
        #expect(harness.cell.isIdle && harness.cell.hostStore.usedCount == 0)
        #expect(harness.received[RequestID(20)]?.count == 12)
    }

    /// Its copy is still under way when the next one is to give way.
    @Test func whoIsCancelledOnItsWayOutIsForgotten() {
        var (harness, requests) = busy(4, harness())
        harness.send(.submitted(request(20, .interactive)))
        harness.finishStep()
        let away = harness.cell.swapped.map { harness.cell.table[$0.sequence].request }
        for request in away { harness.send(.cancelled(request, .aborted)) }
        harness.send(.submitted(request(21, .interactive)))
        harness.finishStep()
        harness.drainSteps()
        requests.removeAll { away.contains($0.id) }
        harness.expectExact(requests)
        #expect(!away.isEmpty && harness.cell.hostStore.usedCount == 0)
    }

    /// The limit of the queue is for each class: a backlog turns nobody else away.
    @Test func aBacklogTurnsNoInteractiveRequestAway() {
        var harness = harness { $0.scheduler.maxQueued = 3 }
        let requests = (1...12).map { request($0, .batch) }
        for request in requests { harness.send(.submitted(request)) }
        #expect(harness.rejected.count == 5)
        #expect(harness.rejected[RequestID(12)] == .overloaded(queued: 3, limit: 3))
        harness.send(.submitted(request(20, .interactive)))
        #expect(harness.rejected[RequestID(20)] == nil)
        harness.drainSteps()
    }

    // MARK: Giving way

    /// Checklist C3 and C4 of Chiron: an interactive request starts with the next step, and whoever
    /// made room for it goes on later without computing anything again.
    @Test func anInteractiveRequestTakesASeatAtOnce() {
        var (harness, requests) = busy(4, harness())
        let chat = request(20, .interactive)
        harness.send(.submitted(chat))
        harness.finishStep()
        let entries = harness.inFlight.flatMap(\.entries)
        #expect(entries.contains { $0.firstPosition == 0 }, "its prompt is in the next step")
        harness.drainSteps()
        let (out, back) = swapNotes(harness)
        #expect(out == 1 && back == 1 && harness.preemptionCount == 0)
        harness.expectExact(requests + [chat])
        requests.removeAll()
    }

    /// Its last step is under way when it is to make room.
    @Test func whoEndsMeanwhileNeedsNotGiveWay() {
        let (start, requests) = busy(4, harness(), maxTokens: 7)
        var harness = start
        let left = requests.map { 7 - (harness.received[$0.id]?.count ?? 0) }
        for _ in 1..<max(1, left.min() ?? 1) { harness.finishStep() }
        let chats = (20...23).map { request($0, .interactive) }
        for chat in chats { harness.send(.submitted(chat)) }
        harness.drainSteps()
        harness.expectExact(requests + chats)
        #expect(harness.cell.hostStore.usedCount == 0)
    }

    @Test func theLastDeadlineGivesWayFirst() {
        var (harness, requests) = busy(4, harness())
        harness.send(.submitted(request(20, .interactive)))
        harness.finishStep()
        let away = harness.cell.swapped.map { harness.cell.table[$0.sequence].request }
        #expect(away == [RequestID(1)], "its deadline is the last")
        harness.drainSteps()
        harness.expectExact(requests)
        requests.removeAll()
    }

    /// Seats are free, blocks are not.
    @Test func batchRequestsGiveWayForBlocks() {
        let (start, requests) = busy(4, harness(batchSize: 16), maxTokens: 8)
        var harness = start
        let chat = request(20, .interactive, prompt: 60)
        harness.send(.submitted(chat))
        harness.drainSteps()
        #expect(swapNotes(harness).out >= 2)
        harness.expectExact(requests + [chat])
    }

    @Test func withoutHostMemoryTheyComputeAnew() {
        let (start, requests) = busy(4, harness(hostBlocks: 1))
        var harness = start
        let chat = request(20, .interactive)
        harness.send(.submitted(chat))
        harness.drainSteps()
        #expect(harness.preemptionCount == 1 && swapNotes(harness).out == 0)
        harness.expectExact(requests + [chat])
    }

    @Test(arguments: [0, 1]) func aCopyThatFailsCostsNoToken(failing: Int) {
        let (start, requests) = busy(4, harness())
        var harness = start
        let chat = request(20, .interactive)
        harness.send(.submitted(chat))
        var copies = 0
        while !harness.inFlight.isEmpty || !harness.errands.isEmpty {
            if !harness.errands.isEmpty {
                harness.answer(failing: copies == failing)
                copies += 1
            }
            harness.finishStep()
        }
        #expect(copies > failing)
        harness.drainSteps()
        harness.expectExact(requests + [chat])
        #expect(harness.cell.hostStore.usedCount == 0)
    }

    /// Who goes to host memory comes back wherever there is room.
    @Test func batchRequestsComeBackToAnotherInstance() {
        let (start, requests) = busy(4, harness(instances: 2, present: 1))
        var harness = start
        let chats = (20...23).map { request($0, .interactive, maxTokens: 11) }
        for chat in chats { harness.send(.submitted(chat)) }
        while harness.cell.swapped.count(where: { $0.phase == .away }) < 4 {
            harness.answer()
            harness.finishStep()
        }
        harness.decide { $0.startInstances(1, as: .batch, .deadlines(groups: 1), $1, &$2) }
        while !harness.absent.isEmpty { harness.answer() }
        for _ in 0..<4 { harness.answer() }
        #expect(harness.cell.groups[GroupID(index: 1)].running.count == 4)
        harness.drainSteps()
        #expect(swapNotes(harness).back == 4 && harness.preemptionCount == 0)
        harness.expectExact(requests + chats)
    }

    @Test func memoryThatBatchRequestsHoldIsNoOverload() {
        var (harness, requests) = busy(4, harness(batchSize: 16), maxTokens: 40)
        for _ in 0..<20 { harness.finishStep() }
        harness.wake()
        var load = harness.cell.overloadLoad()
        #expect(load.demand <= 2, "\(load)")
        harness.send(.submitted(request(20, .interactive, prompt: 40)))
        load = harness.cell.overloadLoad()
        #expect(load.queued <= load.free, "\(load)")
        harness.drainSteps()
        harness.expectExact(requests)
        requests.removeAll()
    }
}

// MARK: - Routing

extension ClassTests {
    /// A mixed, an interactive and a batch instance.
    private func fleet() -> CellHarness {
        var harness = harness(instances: 3, present: 1)
        harness.decide { $0.startInstances(1, as: .interactive, .belowMinimum, $1, &$2) }
        harness.decide { $0.startInstances(1, as: .batch, .deadlines(groups: 1), $1, &$2) }
        while !harness.errands.isEmpty { harness.answer() }
        return harness
    }

    private func residents(_ harness: CellHarness, _ index: Int) -> [RequestID] {
        harness.cell.groups[GroupID(index: index)].running.map {
            harness.cell.table[$0].request
        }.sorted()
    }

    /// Checklist C1.
    @Test func requestsPreferTheirOwnClassAndThenMixedInstances() {
        var harness = fleet()
        let chats = (1...6).map { request($0, .interactive) }
        let batches = (11...16).map { request($0, .batch) }
        for request in chats + batches {
            harness.send(.submitted(request))
            harness.finishStep()
        }
        for _ in 0..<3 { harness.finishStep() }
        #expect(residents(harness, 1) == (1...4).map { RequestID($0) }, "interactive")
        #expect(residents(harness, 2) == (11...14).map { RequestID($0) }, "batch")
        #expect(residents(harness, 0) == [5, 6, 15, 16].map { RequestID($0) }, "mixed")
        harness.drainSteps()
        harness.expectExact(chats + batches)
    }

    /// However many come, neither kind runs on instances of the other.
    @Test func neitherClassRunsOnInstancesOfTheOther() {
        var harness = fleet()
        let chats = (1...20).map { request($0, .interactive) }
        for request in chats {
            harness.send(.submitted(request))
            #expect(harness.cell.groups[GroupID(index: 2)].isIdle)
        }
        let batches = (31...50).map { request($0, .batch) }
        for request in batches { harness.send(.submitted(request)) }
        while !harness.inFlight.isEmpty {
            harness.finishStep()
            harness.answer()
            #expect(residents(harness, 1).allSatisfy { $0 < RequestID(30) })
            #expect(residents(harness, 2).allSatisfy { $0 > RequestID(30) })
        }
        harness.drainSteps()
        harness.expectExact(chats + batches)
    }

    @Test(arguments: DispatchPolicy.allCases)
    func whateverTheDispatchClassesCount(dispatch: DispatchPolicy) {
        var harness = harness(instances: 2, present: 1) {
            $0.dispatch = dispatch
            $0.relocationPolicy = .mell
            $0.packing.epoch = .milliseconds(4)
        }
        harness.send(.tick)
        harness.decide { $0.startInstances(1, as: .batch, .deadlines(groups: 1), $1, &$2) }
        harness.answer()
        let requests = (1...16).map { request($0, $0 % 2 == 0 ? .batch : .interactive) }
        for request in requests {
            harness.send(.submitted(request))
            harness.finishStep()
            #expect(residents(harness, 1).allSatisfy { $0.rawValue % 2 == 0 }, "\(dispatch)")
        }
        harness.drainSteps()
        harness.expectExact(requests)
    }

    /// Whom an operator has drained serves nobody, so batch requests get another instance's room.
    @Test func aDrainedInstanceIsNotCountedOn() {
        var harness = harness(instances: 2, present: 1) {
            $0.autoscaling.scalingInterval = .milliseconds(4)
        }
        harness.send(.tick)
        harness.decide {
            $0.startInstances(1, as: .interactive, .tooLittleHeadroom(wanted: 2), $1, &$2)
        }
        harness.answer()
        harness.send(.command(.drain(InstanceID(index: 0))))
        let batch = request(1, .batch)
        harness.send(.submitted(batch))
        for _ in 0..<8 where harness.inFlight.isEmpty { harness.wake() }
        harness.drainSteps()
        harness.expectExact([batch])
    }

    @Test func aConvertedInstanceServesBoth() {
        var harness = harness(instances: 2, present: 1)
        harness.send(.tick)
        harness.decide { $0.startInstances(1, as: .batch, .deadlines(groups: 1), $1, &$2) }
        harness.answer()
        let batches = (1...12).map { request($0, .batch) }
        for request in batches { harness.send(.submitted(request)) }
        for _ in 0..<4 { harness.finishStep() }
        let second = InstanceID(index: 1)
        harness.decide { $0.convert(second, to: .mixed, .tooLittleHeadroom(wanted: 2), &$2) }
        let chats = (20...25).map { request($0, .interactive) }
        for chat in chats { harness.send(.submitted(chat)) }
        for _ in 0..<6 {
            harness.finishStep()
            harness.answer()
        }
        #expect(residents(harness, 1).contains { $0 >= RequestID(20) })
        harness.drainSteps()
        harness.expectExact(batches + chats)
    }

    /// Checklist C2: what fits one instance runs on one, and a burst spreads.
    @Test func interactiveRequestsArePacked() {
        var harness = harness(instances: 3)
        for id in 1...4 as ClosedRange<UInt64> {
            harness.send(.submitted(request(id, .interactive)))
            while harness.cell.waitingCount > 0 { harness.finishStep() }
        }
        #expect(residents(harness, 0).count == 4)
        harness.send(.submitted(request(5, .interactive)))
        #expect(residents(harness, 1) == [RequestID(5)])
        for id in 6...14 as ClosedRange<UInt64> {
            harness.send(.submitted(request(id, .interactive)))
        }
        #expect(harness.cell.groups.map { $0.isIdle ? 0 : 1 } == [1, 1, 1])
        harness.drainSteps()
    }

    /// Where requests are packed, those that fill what is left are, too.
    @Test(arguments: [(DispatchPolicy.pack, 1), (.freeness, 3)])
    func batchRequestsArePackedWhereOthersAre(dispatch: DispatchPolicy, used: Int) {
        var harness = harness(instances: 3) { $0.dispatch = dispatch }
        let requests = (1...3).map { request($0, .batch) }
        for request in requests {
            harness.send(.submitted(request))
            harness.finishStep()
        }
        #expect(harness.cell.groups.ids.count { !harness.cell.groups[$0].isIdle } == used)
        harness.drainSteps()
        harness.expectExact(requests)
    }

    /// Where requests are packed no instance is in use for a batch request alone, unless it is
    /// due or nothing else is there.
    @Test(arguments: [
        (DispatchPolicy.pack, 1000, false), (.pack, 100, true), (.freeness, 1000, true),
    ])
    func batchRequestsWaitForCompany(dispatch: DispatchPolicy, deadline: Int, isAlone: Bool) {
        var harness = harness(instances: 2) {
            $0.dispatch = dispatch
            $0.autoscaling.lentShare = 0.5
        }
        let chat = request(1, .interactive, prompt: 28)
        harness.send(.submitted(chat))
        harness.finishStep()
        let batch = request(9, .batch, prompt: 20, ttft: .seconds(deadline))
        harness.send(.submitted(batch))
        harness.finishStep()
        let onOwn = [0, 1].contains { residents(harness, $0) == [batch.id] }
        #expect(onOwn == isAlone)
        #expect((harness.cell.batchQueue.count == 0) == isAlone)
        harness.drainSteps()
        harness.expectExact([chat, batch])
    }

    /// A pipeline of both kinds is for both.
    @Test func whatInstancesOfDifferentClassesServeTogetherIsForBoth() {
        var harness = harness(instances: 2, present: 1) { $0.overloadPolicy = .drop }
        harness.decide { $0.startInstances(1, as: .batch, .deadlines(groups: 1), $1, &$2) }
        harness.answer()
        harness.send(.command(.drop(freeing: nil)))
        while harness.cell.groups.ids.count > 1 || !harness.errands.isEmpty { harness.answer() }
        let merged = harness.cell.groups.ids[0]
        #expect(harness.cell.instanceClass(of: merged) == .mixed)
        let chat = request(1, .interactive)
        harness.send(.submitted(chat))
        harness.drainSteps()
        harness.expectExact([chat])
    }
}

// MARK: - Instances

extension ClassTests {
    private func scaling(_ harness: inout CellHarness) -> Int {
        harness.cell.roster.presences.count { $0 != .absent }
    }

    /// Checklist C15 to C17: batch instances come when deadlines would be missed, not before, and
    /// go when nothing is left.
    @Test(arguments: [true, false]) func batchInstancesComeForDeadlines(isTight: Bool) {
        var harness = harness(instances: 3, present: 1) {
            $0.autoscaling.scalingInterval = .milliseconds(4)
            $0.autoscaling.assumedLoadTime = .milliseconds(4)
            $0.autoscaling.deadlineMargin = .milliseconds(1)
            $0.autoscaling.batchInterval = .milliseconds(4)
            $0.autoscaling.minimumLinger = .seconds(1000)
            $0.autoscaling.assumedLength = 12
            $0.autoscaling.staticBatchSize = 4
        }
        let due: Duration = isTight ? .milliseconds(70) : .seconds(60)
        let requests = (1...30).map { request($0, .batch, ttft: due) }
        for request in requests { harness.send(.submitted(request)) }
        var most = 0
        for _ in 0..<2000 where !harness.cell.isIdle || harness.cell.roster.classes.isEmpty {
            harness.answer()
            harness.finishStep()
            if harness.inFlight.isEmpty { harness.wake() }
            most = max(most, scaling(&harness))
        }
        #expect(isTight ? most > 1 : most == 1)
        let classes = Set(harness.cell.roster.classes.suffix(2))
        #expect(classes == (isTight ? [.batch] : [.mixed]) || classes == [.batch, .mixed])
        for _ in 0..<200 where scaling(&harness) > 1 {
            harness.answer()
            harness.wake()
        }
        #expect(scaling(&harness) == 1, "nothing is left for batch instances")
        harness.drainSteps()
        harness.expectExact(requests)
    }
}
