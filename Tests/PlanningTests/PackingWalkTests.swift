import Domain
import Foundation
import Planning
import Testing

/// Long random walks.
struct PackingWalkTests {
    /// More in the nightly run.
    private static let steps =
        Int(ProcessInfo.processInfo.environment["KUNSERVE_PACKING_STEPS"] ?? "") ?? 25_000

    /// Whatever happens while sequences move, no group holds more than it has.
    @Test(arguments: [(0, 1...700), (1, 1...30), (2, 130...700), (3, 1...200)] as [(UInt64, _)])
    func noGroupHoldsMoreThanItHas(seed: UInt64, sizes: ClosedRange<Int>) {
        var walk = PackingWalk(hosts: 10, seed: seed)
        walk.sizes = sizes
        for step in 0..<Self.steps {
            walk.step()
            if step % 1000 == 0 { walk.expectSameBooks() }
        }
        walk.expectSameBooks()
        #expect(walk.errors.isEmpty)
        #expect(walk.sequencesMoved > 0)
        #expect(walk.preemptions * 1000 < Self.steps && walk.failures * 1000 < Self.steps)
    }

    @Test(arguments: PackingPolicy.allCases)
    func everyPolicyKeepsItsBooks(policy: PackingPolicy) {
        var walk = PackingWalk(hosts: 6, load: 1, seed: 5, policy: policy)
        for _ in 0..<5000 { walk.step() }
        walk.expectSameBooks()
        #expect(walk.errors.isEmpty)
    }

    /// After a plan the paper's invariants hold but for a few groups, however many there are.
    @Test(arguments: [(8, 1...700), (8, 130...700), (48, 1...700), (48, 1...200)])
    func exceptionsAreFew(hosts: Int, sizes: ClosedRange<Int>) {
        var walk = PackingWalk(hosts: hosts, load: 0.6, seed: UInt64(hosts))
        walk.sizes = sizes
        walk.moveChance = 1
        walk.slot = 1_000_000
        for _ in 0..<hosts * 3 { walk.step() }
        for _ in 0..<40 {
            for _ in 0..<12 { walk.step() }
            walk.plan()
            let found = walk.packer.exceptions()
            #expect(found.large <= 2 && found.medium <= 2 && found.small <= 2)
            #expect(found.tiny <= 2 && found.underfilled <= 3 && found.overfull == 0)
        }
        #expect(walk.errors.isEmpty)
    }

    /// Planned after each operation, at most ten items move; without fragments these are sequences.
    /// One plan for many operations moves fewer, and needs hardly more groups.
    @Test(arguments: 0..<3 as Range<UInt64>)
    func fewMovePerOperation(seed: UInt64) {
        let single = run(planEvery: 1, seed: seed)
        #expect((1...10).contains(single.walk.mostMovedAtOnce))
        let batched = run(planEvery: 12, seed: seed)
        #expect(batched.walk.sequencesMoved * 10 <= single.walk.sequencesMoved * 9)
        #expect(batched.hosts <= single.hosts + 0.75)
        #expect(single.walk.errors.isEmpty && batched.walk.errors.isEmpty)
    }

    /// With the groups in use after each twelfth operation, on average.
    private func run(planEvery period: Int, seed: UInt64) -> (walk: PackingWalk, hosts: Double) {
        var walk = PackingWalk(hosts: 12, load: 0.6, seed: seed)
        walk.sizes = 126...700
        walk.moveChance = 1
        walk.slot = 1_000_000
        var hosts = 0
        for _ in 0..<60 {
            for step in 1...12 {
                walk.step()
                if step % period == 0 { walk.plan() }
            }
            hosts += walk.packer.hostsInUse
        }
        return (walk, Double(hosts) / 60)
    }

    /// The same operations lead to the same plans.
    @Test func plansAreReproducible() {
        var walks = [PackingWalk(hosts: 8, seed: 3), PackingWalk(hosts: 8, seed: 3)]
        for _ in 0..<1500 { for index in walks.indices { walks[index].step() } }
        #expect(walks[0].packer.plan() == walks[1].packer.plan())
        #expect(walks[0].sequencesMoved == walks[1].sequencesMoved)
    }
}
