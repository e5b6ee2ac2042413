import Domain
import Planning
import Testing

/// What holds beside the operations: moves, priorities, bundles, opening and closing.
struct PackingRuleTests {
    // MARK: Moves

    /// What goes wrong and right again between two plans costs nothing.
    @Test func thereAndBackIsNoMove() {
        var scene = PackingScene([[1000, 1000, 390], [500]])
        scene.grow(0, to: 1080)
        scene.depart(2)
        #expect(scene.move().isEmpty)
        scene.depart(0)
        #expect(scene.allocate(1080) == 0)
        #expect(scene.move().isEmpty)
    }

    /// Groups that exchange sequences move some only after others.
    @Test func wavesLeaveRoomOnBothEnds() {
        var scene = PackingScene([[1300, 500, 500], [700, 700, 700], [500, 500, 300]], spare: 0)
        let plan = scene.move()
        #expect(plan.map(\.wave) == [0, 0, 1])
        #expect(plan.map(\.size) == [500, 500, 700])
        #expect((0..<3).map(scene.used) == [2000, 1400, 2300])
    }

    /// The source stays charged until the move is over, and the sequence moves no further.
    @Test func movesUnderWayAreChargedTwice() {
        var scene = PackingScene([[1000, 1000], [1000, 1000], [900]], spare: 0)
        scene.depart(0)
        let plan = scene.packer.plan()
        #expect(plan.map(\.size) == [900])
        #expect(scene.packer.charged(of: GroupID(index: 2)) == 900)
        #expect(scene.packer.charged(of: GroupID(index: 0)) == 1900)
        scene.grow(4, to: 950)
        #expect(scene.packer.charged(of: GroupID(index: 2)) == 950)
        #expect(scene.packer.charged(of: GroupID(index: 0)) == 1950)
        #expect(scene.packer.plan().isEmpty)
        #expect(scene.packer.hostsInUse == 3)
        #expect(scene.allocate(1451) == nil)
        #expect(scene.allocate(1450) == 2)
        scene.packer.arrived(scene.ids[4])
        #expect(scene.packer.charged(of: GroupID(index: 2)) == 1450)
        scene.packer.checkInvariants()
    }

    /// A group whose last sequences are on their way out takes nothing while others have room.
    @Test func groupsBeingEmptiedStaySo() {
        var configuration = PackingScene.exact
        configuration.releaseMargin = Share(0, 1)
        var scene = PackingScene(
            [[600, 600, 600, 100], [600, 600, 600], [500]], configuration: configuration)
        #expect(scene.packer.plan().map(\.size) == [500])
        #expect(scene.allocate(400) == 0)
        #expect(scene.allocate(400) == 2)
        #expect(scene.packer.hostsInUse == 3)
    }

    @Test func failedMovesArePlannedAgain() {
        var scene = PackingScene([[1000, 1000], [1000, 1000], [900]])
        scene.depart(0)
        let plan = scene.packer.plan()
        scene.packer.place(scene.ids[4], on: GroupID(index: 2), size: 900)
        #expect(scene.used(0) == 1000)
        #expect(scene.packer.charged(of: GroupID(index: 2)) == 900)
        #expect(scene.packer.plan() == plan)
    }

    @Test func departureEndsAMove() {
        var scene = PackingScene([[1000, 1000], [1000, 1000], [900]])
        scene.depart(0)
        _ = scene.packer.plan()
        scene.depart(4)
        #expect(scene.packer.charged(of: GroupID(index: 2)) == 0)
        #expect(scene.packer.charged(of: GroupID(index: 0)) == 1000)
        scene.packer.checkInvariants()
    }

    /// The last group is emptied as soon as the others have room for all of it, and some to spare.
    @Test(arguments: [(500, true), (501, false)])
    func groupsAreEmptied(last: BlockCount, isEmptied: Bool) {
        var configuration = PackingScene.exact
        configuration.releaseMargin = Share(7, 24)
        var scene = PackingScene(
            [[600, 600, 600, 200], [600, 600, 600, 200], [last]], configuration: configuration)
        #expect(scene.move().isEmpty)
        scene.depart(3)
        #expect(scene.move().isEmpty)
        scene.depart(7)
        #expect(scene.move().map(\.size) == (isEmptied ? [500] : []))
    }

    /// What would exceed the cap of one operation waits for the next plan.
    @Test func movesAreCapped() {
        var configuration = PackingScene.exact
        configuration.mostItemMoves = 1
        var scene = PackingScene(
            [[600, 600, 600], [600, 600, 600], [400, 400, 200]], configuration: configuration)
        #expect(scene.move().isEmpty)
        scene.depart(0)
        #expect(scene.move().map(\.size) == [400])
        #expect(scene.move().map(\.size) == [200])
        #expect(scene.move().isEmpty)
    }

    // MARK: Hosts that are not like the others

    @Test func closedGroupsAreLeftAlone() {
        var scene = PackingScene([[1000, 1000], [1000], [900]])
        var host = PackingHost(group: GroupID(index: 2), capacity: 2400)
        host.isOpen = false
        scene.packer.setHost(host, for: host.group)
        #expect(scene.move().isEmpty)
        scene.grow(3, to: 2500)
        #expect(scene.move().isEmpty)
        #expect(scene.allocate(100) == 0)
        scene.grow(3, to: 900)
        host.isOpen = true
        scene.packer.setHost(host, for: host.group)
        #expect(scene.move().map(\.from.index) == [2])
    }

    @Test func lostGroupsAreForgotten() {
        var scene = PackingScene([[1000, 1000], [900]])
        scene.packer.setHost(nil, for: GroupID(index: 0))
        #expect(scene.group(of: 0) == nil)
        #expect(scene.packer.hostsInUse == 1)
        scene.depart(0)
        scene.packer.place(scene.ids[1], on: GroupID(index: 1), size: 1100)
        scene.packer.place(scene.ids[0], on: GroupID(index: 0), size: 1100)
        #expect(scene.group(of: 0) == nil)
        #expect(scene.used(1) == 2000)
        scene.packer.checkInvariants()
    }

    /// A source that is lost while a sequence leaves it is charged for nothing when it is back.
    @Test func lostSourcesAreNotCharged() {
        var scene = PackingScene([[1000, 1000], [1000, 1000], [900]])
        scene.depart(0)
        #expect(scene.packer.plan().map(\.size) == [900])
        let source = PackingHost(group: GroupID(index: 2), capacity: 2400)
        scene.packer.setHost(nil, for: source.group)
        scene.packer.setHost(source, for: source.group)
        #expect(scene.packer.charged(of: source.group) == 0)
        #expect(scene.used(0) == 1900)
        scene.packer.checkInvariants()
    }

    /// A group with twice the memory takes sequences last, and gives none.
    @Test func mergedGroupsComeLast() {
        var scene = PackingScene([[400], [500]], spare: 1)
        let merged = GroupID(index: 2)
        scene.packer.setHost(PackingHost(group: merged, capacity: 4800), for: merged)
        scene.packer.place(SequenceID(index: 50), on: merged, size: 100)
        #expect(scene.allocate(600) == 1)
        #expect(scene.allocate(2100) == 2)
        #expect(scene.kind(0) == .tiny)
        #expect(scene.move().allSatisfy { $0.from != merged })
    }

    // MARK: Priorities

    @Test func nearerGroupsComeFirst() {
        let groups = [[590, 590, 590, 590], [600, 600, 600], [600, 600, 600], [400]]
        for (weight, target) in [(1.0, 2), (0.0, 1)] {
            var configuration = PackingScene.exact
            configuration.nearnessWeight = weight
            var scene = PackingScene(
                groups, machines: [0, 1, 0, 1], configuration: configuration)
            scene.grow(0, to: 640)
            #expect(scene.move().map(\.to.index) == [target])
        }
    }

    @Test func emptierGroupsComeFirst() {
        var scene = PackingScene([[1400], [1300], [1350]])
        #expect(scene.allocate(100) == 1)
    }

    /// Fewer sequences, or more free memory: by weight.
    @Test func weightsDecideBetweenFactors() {
        for (requests, memory, target) in [(1.0, 0.0, 1), (0.0, 1.0, 0)] {
            var configuration = PackingScene.exact
            configuration.requestWeight = requests
            configuration.freeMemoryWeight = memory
            var scene = PackingScene(
                [[1300, 50, 50], [1500]], configuration: configuration)
            #expect(scene.allocate(100) == target)
        }
    }

    // MARK: Bundles

    @Test func fragmentsMakeBundles() {
        var scene = PackingScene([[100, 100, 100, 100, 100, 100, 100, 100]])
        #expect(scene.bundles(0) == [[0, 1, 2, 3, 4, 5], [6, 7]])
        scene.grow(0, to: 150)
        #expect(scene.bundles(0).map(\.count).sorted() == [4, 4])
        for index in 1..<5 { scene.depart(index) }
        #expect(scene.bundles(0) == [[0, 5, 6, 7]])
        scene.grow(5, to: 301)
        #expect(scene.bundles(0) == [[0, 6, 7]])
        scene.packer.checkInvariants()
    }

    /// Of a bundle only as much moves as must.
    @Test func bundlesMoveInParts() {
        var scene = PackingScene([Array(repeating: 100, count: 24), [100]])
        scene.grow(0, to: 180)
        let plan = scene.move()
        #expect(plan.map(\.size) == [180] || plan.map(\.size) == [100])
        #expect(scene.used(0) <= 2400)
    }

    @Test func bundlesFillNoMoreThanThereIs() {
        var configuration = PackingScene.exact
        configuration.fillLevel = Share(1, 1)
        var scene = PackingScene(
            [[600, 600, 600, 500], [80, 80, 80]], configuration: configuration)
        #expect(scene.move().map(\.size) == [80])
    }

    // MARK: Opening and closing

    @Test(arguments: PackingPolicy.allCases)
    func groupsOpenOnlyWhenNothingFits(policy: PackingPolicy) {
        var scene = PackingScene([], policy: policy, spare: 3)
        #expect((0..<4).map { _ in scene.allocate(600) } == [0, 0, 0, 0])
        #expect((0..<4).map { _ in scene.allocate(600) } == [1, 1, 1, 1])
        #expect(scene.packer.hostsInUse == 2)
        #expect((0..<5).map { _ in scene.allocate(600) } == [2, 2, 2, 2, nil])
        for index in 0..<12 { scene.depart(index) }
        #expect(scene.packer.hostsInUse == 0)
        #expect(scene.allocate(10) == 0)
    }

    @Test func baselinesChooseByFreeMemory() {
        var best = PackingScene([[1000], [1500], [2000]], policy: .bestFit)
        #expect(best.allocate(500) == 1)
        var worst = PackingScene([[1000], [1500], [900]], policy: .worstFit)
        #expect(worst.allocate(500) == 2)
        #expect(best.move().isEmpty && worst.move().isEmpty)
    }

    /// A pair evens out as far as one sequence can without turning it round.
    @Test func loadBalancingNarrowsTheGap() {
        var scene = PackingScene([[900, 300, 600], [400], [1100]], policy: .loadBalance)
        #expect(scene.move().map(\.size) == [600])
        #expect((0..<3).map(scene.used) == [1200, 1000, 1100])
        #expect(scene.move().isEmpty)
    }

    @Test(arguments: PackingPolicy.allCases)
    func emptyGroupsLinger(policy: PackingPolicy) {
        var configuration = PackingScene.exact
        configuration.linger = .seconds(10)
        var scene = PackingScene([[600]], policy: policy, spare: 1, configuration: configuration)
        func seconds(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }
        #expect(scene.packer.releasable(now: seconds(0)).isEmpty)
        #expect(scene.packer.releasable(now: seconds(10)) == [GroupID(index: 1)])
        scene.depart(0)
        #expect(scene.packer.releasable(now: seconds(11)) == [GroupID(index: 1)])
        #expect(scene.packer.releasable(now: seconds(20)) == [GroupID(index: 1)])
        #expect(scene.packer.releasable(now: seconds(21)).count == 2)
        #expect(scene.allocate(600) == 0)
        #expect(scene.packer.releasable(now: seconds(30)) == [GroupID(index: 1)])
    }
}
