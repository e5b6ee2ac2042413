import Domain
import Planning

/// Groups of 2400 blocks, so that classes begin above 300, 600, 800 and 1200. Nothing is kept free,
/// and no group is emptied for the sake of it, unless a test says so.
struct PackingScene {
    static let capacity: BlockCount = 2400
    var packer: Packer
    /// In the order in which they came.
    private(set) var ids: [SequenceID] = []

    static var exact: PackingConfiguration {
        var configuration = PackingConfiguration()
        configuration.growthReserve = Share(0, 1)
        configuration.growthPerSequence = 0
        configuration.placementMargin = Share(0, 1)
        configuration.releaseMargin = Share(100, 1)
        return configuration
    }

    /// One group for each list of sizes, then empty ones.
    init(
        _ sizes: [[BlockCount]], policy: PackingPolicy = .mell, spare: Int = 2,
        machines: [Int] = [], configuration: PackingConfiguration = Self.exact
    ) {
        packer = Packer(policy: policy, configuration: configuration)
        for index in 0..<sizes.count + spare {
            let group = GroupID(index: index)
            let host = PackingHost(
                group: group, capacity: Self.capacity,
                machine: index < machines.count ? machines[index] : index)
            packer.setHost(host, for: group)
        }
        for (index, each) in sizes.enumerated() {
            for size in each {
                ids.append(SequenceID(index: ids.count))
                packer.place(ids[ids.count - 1], on: GroupID(index: index), size: size)
            }
        }
        packer.checkInvariants()
    }

    /// The index of the group that takes a new sequence.
    mutating func allocate(_ size: BlockCount) -> Int? {
        let id = SequenceID(index: ids.count)
        guard let group = packer.allocate(id, size: size) else { return nil }
        ids.append(id)
        packer.checkInvariants()
        return group.index
    }

    mutating func grow(_ index: Int, to size: BlockCount) { packer.grow(ids[index], to: size) }
    mutating func depart(_ index: Int) { packer.depart(ids[index]) }

    /// Plans, and all moves succeed.
    mutating func move() -> [PackingMove] {
        let plan = packer.plan()
        for move in plan { packer.arrived(move.sequence) }
        packer.checkInvariants()
        return plan
    }

    func group(of index: Int) -> Int? { packer.group(of: ids[index])?.index }
    func kind(_ group: Int) -> SizeClass? { packer.kind(of: GroupID(index: group)) }
    func used(_ group: Int) -> BlockCount { packer.used(of: GroupID(index: group)) }
    func bundles(_ group: Int) -> [[Int]] {
        packer.bundles(on: GroupID(index: group)).map { $0.map(\.index) }
    }
}
