import Domain
import Planning
import Simulation
import Testing

/// What a cluster sends over its links, and how long that takes.
struct ClusterLinkTests {
    private static let speed = 2e4
    private static let latency = Duration.microseconds(200)

    private func activities(_ policy: OverloadPolicy, _ faults: [Fault] = []) -> [Activity] {
        var costs = FaultyCluster.costs
        costs.links.disk.bytesPerSecond = Self.speed / 10
        var run = FaultyCluster(policy, faults: faults, costs: costs)
        run.cluster.activities = ActivityLog(limit: 1 << 20)
        run.run()
        run.expectAllServed()
        return run.cluster.activities?.activities ?? []
    }

    private func time(of bytes: ByteCount) -> Double { Double(bytes.bytes) / Self.speed }

    @Test func stagesHandOnWhatTheyHaveComputed() throws {
        let all = activities(.staticPipeline)
        let handedOn = all.compactMap { activity -> (ByteCount, Double)? in
            guard case .activation(_, let bytes) = activity.kind else { return nil }
            return (bytes, (activity.end - activity.start).seconds)
        }
        let stages = all.count {
            if case .stage(_, 1, _, _) = $0.kind { true } else { false }
        }
        #expect(handedOn.count == stages && stages > 20)
        #expect(handedOn.allSatisfy { $0.0.bytes % 4 == 0 && $0.0 > .zero })
        // Nothing else is on the way, so only another activation is waited for.
        let alone = handedOn.map { $0.1 - time(of: $0.0) - Self.latency.seconds }
        #expect(alone.allSatisfy { $0 > -1e-6 })
        #expect(alone.contains { $0 < 1e-6 })
    }

    @Test func parametersComeFromThePeerOrTheDisk() throws {
        let load = { (all: [Activity]) in
            all.first { if case .load = $0.kind { true } else { false } }
        }
        let fast = try #require(load(activities(.drop)))
        guard case .load(let bytes) = fast.kind else { return }
        let duration = (fast.end - fast.start).seconds
        #expect(duration >= time(of: bytes) && duration < time(of: bytes) * 1.5)
        let failing = activities(
            .drop, [Fault(.at(.zero), .failure(.load(into: nil), .next(1)))])
        let slow = failing.map { ($0.end - $0.start).seconds }.max() ?? 0
        #expect(slow >= time(of: bytes) * 10)
    }

    @Test func transfersShareTheLinksWithOneAnother() {
        let all = activities(.swap)
        var moved = 0
        for activity in all {
            guard case .transfer(_, let bytes) = activity.kind else { continue }
            moved += 1
            #expect((activity.end - activity.start).seconds >= time(of: bytes) - 1e-6)
        }
        #expect(moved > 2)
    }
}
