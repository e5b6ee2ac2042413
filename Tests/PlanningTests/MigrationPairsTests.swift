import Domain
import Planning
import TestSupport
import Testing

/// Freeness and who gives to whom (Llumnix §4.3, §4.4.3).
struct MigrationPairsTests {
    private func load(
        _ index: Int, running: Int = 4, used: BlockCount, head: BlockCount = 0,
        headroom: BlockCount = 0, isDraining: Bool = false
    ) -> GroupLoad {
        GroupLoad(
            group: GroupID(index: index), running: running, waiting: head > 0 ? 1 : 0,
            usedBlocks: used, queuedBlocks: head, waitingBlocks: head, headBlocks: head,
            headroomBlocks: headroom, freeBlocks: 100 - used, totalBlocks: 100,
            isDraining: isDraining)
    }

    private func pairs(_ loads: [GroupLoad]) -> [[Int]] {
        var pairs = MigrationPairs(MigrationConfiguration())
        pairs.update(loads)
        return pairs.pairs.map { [$0.source.index, $0.target.index] }
    }

    @Test func freenessIsWhatEachSequenceMayStillTake() {
        #expect(load(0, running: 4, used: 40).freeness == 15)
        #expect(load(0, running: 0, used: 0).freeness == 100)
    }

    @Test func theFirstInTheQueueCountsAsIfItRan() {
        #expect(load(0, running: 4, used: 80, head: 40).freeness == -20)
    }

    /// A request that was preempted is the first in the queue: as long as it finds no room, its
    /// group gives and never takes, however few run there.
    @Test(arguments: 0...9)
    func whoPreemptedGives(running: Int) {
        let preempting = load(0, running: running, used: 85, head: 20)
        #expect(pairs([preempting, load(1, used: 10)]) == [[0, 1]])
        #expect(pairs([preempting, load(1, used: 99)]).isEmpty)
    }

    @Test func roomForHighPriorityCountsAsUsed() {
        #expect(load(0, running: 1, used: 10, headroom: 90).freeness == 0)
    }

    /// Where room is lacking, more sequences do not make it better.
    @Test func whatLacksIsNotShared() {
        let few = load(0, running: 2, used: 60, headroom: 90)
        let many = load(1, running: 20, used: 70, headroom: 90)
        #expect(few.freeness > many.freeness)
        var dispatcher = Dispatcher(policy: .freeness)
        for load in [few, many] { dispatcher.update(load.group, to: load) }
        #expect(dispatcher.choose()?.index == 0)
    }

    @Test func aDrainingGroupIsNeverFree() {
        #expect(load(0, used: 0, isDraining: true).freeness == -.infinity)
    }

    @Test func theFullestGivesToTheEmptiest() {
        let loads = [
            load(0, used: 95), load(1, used: 10), load(2, used: 99), load(3, used: 40),
            load(4, used: 70),
        ]
        #expect(pairs(loads) == [[2, 1], [0, 3]])
    }

    /// Between the thresholds a group neither gives nor takes.
    @Test func thereIsRoomBetweenTheThresholds() {
        #expect(pairs([load(0, used: 80), load(1, used: 70)]).isEmpty)
        #expect(pairs([load(0, used: 95), load(1, used: 70)]).isEmpty)
    }

    @Test func aPairStaysUntilAThresholdIsCrossed() {
        var pairs = MigrationPairs(MigrationConfiguration())
        pairs.update([load(0, used: 95), load(1, used: 10), load(2, used: 50)])
        pairs.update([load(0, used: 95), load(1, used: 30), load(2, used: 0)])
        #expect(pairs.pairs.map(\.target.index) == [1])
        pairs.update([load(0, used: 95), load(1, used: 70), load(2, used: 0)])
        #expect(pairs.pairs.map(\.target.index) == [2])
        pairs.update([load(0, used: 80), load(1, used: 70), load(2, used: 0)])
        #expect(pairs.pairs.isEmpty)
    }

    /// The sequence's own blocks count where it goes.
    @Test func aMoveMustNotMakeTheTargetASource() {
        let pairs = MigrationPairs(MigrationConfiguration())
        let (full, roomy) = (load(0, used: 99), load(1, running: 1, used: 80))
        #expect(pairs.isGain(10, from: full, to: roomy))
        #expect(!pairs.isGain(19, from: full, to: roomy))
        #expect(!pairs.isGain(1, from: roomy, to: full))
    }

    /// Whatever the loads, no group is in two pairs, and none gives to one that is fuller.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func decisionsDoNotUndoEachOther(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var pairs = MigrationPairs(MigrationConfiguration())
        for _ in 0..<20 {
            let loads = (0..<Int.random(in: 1...12, using: &random)).map { index in
                load(
                    index, running: .random(in: 0...9, using: &random),
                    used: .random(in: 0...100, using: &random),
                    head: .random(in: 0...30, using: &random))
            }
            pairs.update(loads)
            let members = pairs.pairs.flatMap { [$0.source, $0.target] }
            #expect(Set(members).count == members.count)
            for pair in pairs.pairs {
                let (source, target) = (loads[pair.source.index], loads[pair.target.index])
                #expect(source.freeness < 3 && target.freeness > 10)
            }
            let sources = loads.count { $0.freeness < 3 }
            let targets = loads.count { $0.freeness > 10 }
            #expect(pairs.pairs.count == min(sources, targets))
        }
    }
}
