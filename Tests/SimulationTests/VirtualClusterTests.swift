import Cluster
import Domain
import Planning
import Scheduling
import Simulation
import Testing

struct VirtualClusterTests {
    /// Times at which a cluster emits tokens.
    private func emissions(_ cluster: inout VirtualCluster) -> [Duration] {
        var times: [Duration] = []
        while cluster.nextTime != nil {
            cluster.advance()
            for effect in cluster.effects {
                if case .emit = effect { times.append(cluster.now - .zero) }
            }
        }
        return times
    }

    @Test func oneSequenceTakesTheTimeOfItsSteps() {
        var cluster = VirtualCluster(Fixtures.cell(instances: 1), at: .zero, costs: Fixtures.costs)
        cluster.send(.submitted(Fixtures.request(1, maxTokens: 3)), at: .zero)
        let whole = StageRange.whole(layerCount: Fixtures.layers)
        let prompt = BatchLoad(PromptChunk(sequence: SequenceID(0), prefix: 0, count: 30))
        var time = Fixtures.costs.time(of: prompt, in: whole)
        var expected = [time]
        for context in [30, 31] {
            time += Fixtures.costs.time(of: BatchLoad(decodingAfter: context), in: whole)
            expected.append(time)
        }
        #expect(emissions(&cluster) == expected)
    }

    @Test func stagesOfAPipelineWorkAtTheSameTime() {
        let cell = Fixtures.cell(.staticPipeline)
        var cluster = VirtualCluster(cell, at: .zero, costs: Fixtures.costs)
        while cluster.cell.groups.ids.count != 1 || cluster.cell.groups.ids.isEmpty {
            cluster.advance()
        }
        let start = cluster.now
        for id in 1...2 as ClosedRange<UInt64> {
            cluster.send(.submitted(Fixtures.request(id, maxTokens: 9)), at: cluster.now)
        }
        let times = emissions(&cluster).map { $0 - (start - .zero) }
        #expect(times.count == 18)
        // Each stage takes half of a step: two sequences alternate at the pace of one.
        let steps = times.last.map { $0.seconds / 0.02 }
        #expect((8..<10.5).contains(steps ?? 0))
    }

    @Test func stopTokensAreNeverSampled() {
        var cluster = VirtualCluster(Fixtures.cell(), at: .zero, costs: Fixtures.costs)
        let request = Fixtures.request(1, maxTokens: 5, stopTokens: [0, 1, 3])
        cluster.send(.submitted(request), at: .zero)
        #expect(emissions(&cluster).count == 5)
    }

    @Test func anAlarmThatIsReplacedDoesNotRing() {
        var cluster = VirtualCluster(
            Fixtures.cell(), at: .zero, outstanding: [.wakeAt(Instant(nanoseconds: 5))],
            costs: Fixtures.costs)
        cluster.advance()
        #expect(cluster.now == .zero)
        cluster.advance()
        #expect(cluster.now == Instant(nanoseconds: 5) && cluster.effects.isEmpty)
        #expect(cluster.nextTime == nil)
    }
}
