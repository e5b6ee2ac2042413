import Domain
import Planning
import Testing

/// Mell's operations one by one (§VI, figure 10).
struct PackingOperationTests {
    @Test func classesBeginAboveTheirShares() {
        let classes = SizeClasses(capacity: 2400, configuration: PackingConfiguration())
        let sizes = [1, 300, 301, 600, 601, 800, 801, 1200, 1201, 2400]
        #expect(
            sizes.map(classes.of) == [
                .fragment, .fragment, .tiny, .tiny, .small, .small, .medium, .medium, .large,
                .large,
            ])
        let odd = SizeClasses(capacity: 1000, configuration: PackingConfiguration())
        #expect([333, 334].map(odd.of) == [.small, .medium])
    }

    @Test func classesFollowTheMemoryOfMostHosts() {
        var scene = PackingScene([[700], [700]], spare: 0)
        #expect(scene.kind(0) == .small)
        for index in 2..<5 {
            let group = GroupID(index: index)
            scene.packer.setHost(PackingHost(group: group, capacity: 1200), for: group)
        }
        #expect(scene.kind(0) == .large)
        scene.packer.checkInvariants()
    }

    /// Two of 34 % and a tiny one: no further group, with or without a group of tiny ones.
    @Test func tinyRidesOnMedium() {
        var alone = PackingScene([[816, 816]])
        #expect(alone.allocate(480) == 0)
        var beside = PackingScene([[480], [816, 816], [480, 480]])
        #expect(beside.allocate(480) == 1)
        #expect(beside.allocate(480) == 2)
    }

    @Test func tinyRidesOnLargeFirst() {
        var scene = PackingScene([[816, 816], [1300], [480]])
        #expect(scene.allocate(480) == 1)
    }

    /// A group that is not yet full of medium or small ones keeps its room, but nothing opens.
    @Test func tinyAvoidsGroupsThatFill() {
        var scene = PackingScene([[900], [480, 480, 480]])
        #expect(scene.allocate(480) == 1)
        #expect(scene.allocate(590) == 0)
        #expect(scene.packer.hostsInUse == 2)
    }

    @Test func mediumJoinsLargeBeforeMedium() {
        var scene = PackingScene([[900], [1300]])
        #expect(scene.allocate(900) == 1)
        #expect(scene.allocate(900) == 0)
    }

    /// Only the large one counts: what rides along goes elsewhere, and so that all of it fits at
    /// any time, first to where there is room at once.
    @Test func smallDisplacesTinyBesideLarge() {
        var configuration = PackingScene.exact
        configuration.releaseMargin = Share(0, 1)
        var scene = PackingScene(
            [[1300, 400, 400], [700, 700], [500]], configuration: configuration)
        #expect(scene.allocate(650) == 1)
        let plan = scene.move()
        #expect(scene.used(0) == 1300 + 700 + 400)
        #expect(plan.count == 3 && Set(plan.map(\.sequence)).count == 3)
        #expect(scene.used(1) == 700 + 650 + 500)
        #expect(scene.move().map(\.size) == [400])
        #expect(scene.used(1) == 700 + 650 + 500 + 400)
        #expect(scene.packer.hostsInUse == 2)
        #expect(scene.packer.exceptions() == PackingExceptions())
    }

    /// If what rides along has nowhere to go, everything stays.
    @Test func nothingIsDisplacedWithoutRoom() {
        var scene = PackingScene([[1300, 590, 400], [700, 700, 700]], spare: 0)
        #expect(scene.move().isEmpty)
        #expect(scene.used(0) == 2290)
    }

    @Test func largeOpensOneGroupAndDrawsAnother() {
        var scene = PackingScene([[1000, 1000], [700, 700]])
        #expect(scene.allocate(1300) == 2)
        #expect(scene.packer.hostsInUse == 3)
        let plan = scene.move()
        #expect(plan.map(\.size) == [1000])
        #expect(scene.used(2) == 2300)
        #expect(scene.packer.hostsInUse == 3)
    }

    @Test func largeOpensNothingWhereItFits() {
        var scene = PackingScene([[900], [400]])
        #expect(scene.allocate(1300) == 0)
    }

    @Test func departureIsFilledFromTheTail() {
        var scene = PackingScene([[1000, 1000], [1000, 1000], [900]])
        scene.depart(0)
        #expect(scene.move().map(\.size) == [900])
        #expect(scene.used(0) == 1900)
        #expect(scene.packer.hostsInUse == 2)
    }

    /// When all others are full, the group with the hole is the tail: nothing moves.
    @Test func departureMakesATail() {
        var scene = PackingScene([[1000, 1000], [1000, 1000], [1000, 1000]])
        scene.depart(0)
        #expect(scene.move().isEmpty)
        #expect(scene.packer.exceptions() == PackingExceptions())
        #expect(scene.allocate(1000) == 0)
    }

    @Test func threeSmallFillAGroup() {
        var scene = PackingScene([[700, 700, 700], [700, 700, 700], [700]])
        scene.depart(1)
        #expect(scene.move().map(\.to.index) == [0])
        #expect(scene.packer.hostsInUse == 2)
    }

    /// Below three quarters, and no further than it must be.
    @Test func tinyGroupsAreFilledToTheLevel() {
        var scene = PackingScene([[600, 600, 600], [600, 600, 600], [400, 400, 200]])
        #expect(scene.move().isEmpty)
        scene.depart(0)
        #expect(scene.move().map(\.size) == [400, 200])
        #expect(scene.used(0) == 1800)
        #expect(scene.packer.exceptions() == PackingExceptions())
    }

    @Test func growthWithinTheClassIsShed() {
        var scene = PackingScene([Array(repeating: 336, count: 7)])
        #expect(scene.move().isEmpty)
        for index in 0..<7 { scene.grow(index, to: 360) }
        #expect(scene.used(0) == 2520)
        #expect(scene.move().map(\.size) == [360])
        #expect(scene.used(0) == 2160)
    }

    /// The smallest class goes first, whatever class has grown.
    @Test(arguments: [
        [1000, 1000, 390], [1400, 700, 290], [1400, 900, 90], [1300, 540, 540], [790, 790, 790],
    ])
    func everyOverflowIsShed(sizes: [BlockCount]) {
        var scene = PackingScene([sizes])
        scene.grow(0, to: sizes[0] + 80)
        #expect(scene.used(0) > 2400)
        let plan = scene.move()
        #expect(plan.count == 1 && plan[0].size == sizes[2])
        #expect(plan[0].sequence.index > 0)
        #expect(scene.used(0) <= 2400)
    }

    /// With a reserve, what has grown leaves before the group is full.
    @Test func growthReserveStaysFree() {
        var configuration = PackingScene.exact
        configuration.growthReserve = Share(1, 24)
        configuration.growthPerSequence = 10
        configuration.placementMargin = Share(1, 24)
        var scene = PackingScene([[580, 580, 500]], configuration: configuration)
        #expect(scene.allocate(501) == 1)
        #expect(scene.allocate(500) == 0)
        for (index, size) in [600, 600, 560].enumerated() { scene.grow(index, to: size) }
        #expect(scene.used(0) == 2400 - 100 - 40)
        #expect(scene.move().isEmpty)
        scene.grow(2, to: 561)
        #expect(scene.move().map(\.size) == [500])
    }

    @Test func withoutRoomThereIsNothing() {
        var scene = PackingScene([[2000], [2100]], spare: 0)
        #expect(scene.allocate(401) == nil)
        #expect(scene.allocate(400) == 0)
        #expect(scene.allocate(300) == 1)
        #expect(scene.allocate(1) == nil)
    }

    /// What is merely reserved for growth is used before a sequence is refused.
    @Test func reservesYieldToArrivals() {
        var configuration = PackingScene.exact
        configuration.growthReserve = Share(1, 24)
        var scene = PackingScene([[2000]], spare: 0, configuration: configuration)
        #expect(scene.allocate(350) == 0)
    }
}
