import Domain
import Planning
import TestSupport

/// A random walk of operations against plain books of what the groups really hold: a sequence that
/// moves is on both of its groups until it has arrived.
struct PackingWalk {
    var capacity: BlockCount = 1000
    var sizes = 1...700
    /// Operations between two plans, at most.
    var slot = 40
    /// Chance that a move which may start or end does so after an operation; 1 is at once.
    var moveChance = 0.5
    /// Blocks in use that arrivals aim at, and half of these in every other stretch of 4000 steps.
    private let target: BlockCount
    private var steps = 0
    var packer: Packer
    /// What the books say that the packer got wrong; empty when nothing.
    private(set) var errors: [String] = []
    /// Sequences that had to go since their group was full.
    private(set) var preemptions = 0
    /// Moves whose destination was full by the time they started.
    private(set) var failures = 0
    private(set) var sequencesMoved = 0
    private(set) var mostMovedAtOnce = 0
    private var random: SplitMix64
    private var ids: [SequenceID] = []
    private var freeIDs: [SequenceID] = []
    private var idCount = 0
    /// By id.
    private var sizeOf: [BlockCount] = []
    private var groupOf: [GroupID?] = []
    /// What each group holds.
    private var held: [BlockCount]
    private var waiting: [PackingMove] = []
    private var flying: [PackingMove] = []
    private var total = 0

    init(
        hosts: Int, capacity: BlockCount = 1000, load: Double = 0.7, seed: UInt64,
        policy: PackingPolicy = .mell, configuration: PackingConfiguration = .init()
    ) {
        packer = Packer(policy: policy, configuration: configuration)
        random = SplitMix64(seed: seed)
        held = Array(repeating: 0, count: hosts)
        target = BlockCount(Double(hosts * capacity) * load)
        self.capacity = capacity
        for index in 0..<hosts {
            let group = GroupID(index: index)
            packer.setHost(
                PackingHost(group: group, capacity: capacity, machine: index / 4), for: group)
        }
    }

    mutating func step() {
        let chance = Int.random(in: 0..<10, using: &random)
        steps += 1
        let isBelow = total < (steps / 4000 % 2 == 0 ? target : target / 2)
        if chance < (isBelow ? 5 : 2) {
            arrive()
        } else if let id = ids.randomElement(using: &random) {
            if chance < (isBelow ? 8 : 5) { grow(id) } else { finish(id) }
        }
        advanceMoves()
        if Int.random(in: 0..<slot, using: &random) == 0 { plan() }
    }

    mutating func plan() {
        let plan = packer.plan()
        sequencesMoved += plan.count
        mostMovedAtOnce = max(mostMovedAtOnce, plan.count)
        var seen: Set<SequenceID> = []
        for move in plan {
            let isMoving = (waiting + flying).contains { $0.sequence == move.sequence }
            check(!isMoving && seen.insert(move.sequence).inserted, "moves twice: \(move)")
            check(groupOf[move.sequence.index] == move.from, "is not there: \(move)")
            check(move.from != move.to, "moves nowhere: \(move)")
            check(sizeOf[move.sequence.index] == move.size, "has another size: \(move)")
        }
        expectWavesFit(plan)
        waiting += plan
        if moveChance >= 1 { while !(waiting + flying).isEmpty { advanceMoves() } }
    }

    /// Everything that moves together is on both ends, and fits.
    private mutating func expectWavesFit(_ plan: [PackingMove]) {
        var held = held
        for move in waiting { held[move.to.index] += move.size }
        var wave: [PackingMove] = []
        for move in plan {
            if let last = wave.last, last.wave != move.wave {
                for each in wave { held[each.from.index] -= each.size }
                wave = []
            }
            wave.append(move)
            held[move.to.index] += move.size
            check(held[move.to.index] <= capacity, "does not fit: \(move)")
        }
    }

    private mutating func arrive() {
        let size = Int.random(in: sizes, using: &random)
        let id = freeIDs.popLast() ?? SequenceID(index: idCount)
        guard let group = packer.allocate(id, size: size) else {
            if id.index < idCount { freeIDs.append(id) }
            return
        }
        if id.index == idCount {
            idCount += 1
            sizeOf.append(0)
            groupOf.append(nil)
        }
        (sizeOf[id.index], groupOf[id.index]) = (size, group)
        ids.append(id)
        hold(size, on: group)
    }

    /// One that its group has no room for goes.
    private mutating func grow(_ id: SequenceID) {
        let delta = Int.random(in: 1...2, using: &random)
        let homes = homes(of: id)
        if homes.contains(where: { held[$0.index] + delta > capacity }) {
            preemptions += 1
            return finish(id)
        }
        sizeOf[id.index] += delta
        for home in homes { hold(delta, on: home) }
        for index in waiting.indices where waiting[index].sequence == id {
            waiting[index].size += delta
        }
        for index in flying.indices where flying[index].sequence == id {
            flying[index].size += delta
        }
        packer.grow(id, to: sizeOf[id.index])
    }

    private mutating func finish(_ id: SequenceID) {
        for home in homes(of: id) { hold(-sizeOf[id.index], on: home) }
        waiting.removeAll { $0.sequence == id }
        flying.removeAll { $0.sequence == id }
        groupOf[id.index] = nil
        if let place = ids.firstIndex(of: id) { ids.swapAt(place, ids.count - 1) }
        ids.removeLast()
        freeIDs.append(id)
        packer.depart(id)
    }

    /// The group that has the sequence, and that which it is on its way to.
    private func homes(of id: SequenceID) -> [GroupID] {
        if flying.isEmpty { return groupOf[id.index].map { [$0] } ?? [] }
        return flying.filter { $0.sequence == id }.map(\.to)
            + (groupOf[id.index].map { [$0] } ?? [])
    }

    /// Moves of the first wave that is not over start; some of those under way arrive.
    private mutating func advanceMoves() {
        if waiting.isEmpty && flying.isEmpty { return }
        var still: [PackingMove] = []
        for move in flying {
            guard Double.random(in: 0..<1, using: &random) < moveChance else {
                still.append(move)
                continue
            }
            hold(-move.size, on: move.from)
            groupOf[move.sequence.index] = move.to
            packer.arrived(move.sequence)
        }
        flying = still
        let wave = (waiting + flying).map(\.wave).min()
        var later: [PackingMove] = []
        for move in waiting {
            if move.wave != wave || Double.random(in: 0..<1, using: &random) >= moveChance {
                later.append(move)
            } else if held[move.to.index] + move.size > capacity {
                failures += 1
                packer.place(move.sequence, on: move.from, size: move.size)
            } else {
                hold(move.size, on: move.to)
                flying.append(move)
            }
        }
        waiting = later
    }

    private mutating func hold(_ size: BlockCount, on group: GroupID) {
        held[group.index] += size
        total += size
        let now = held[group.index]
        check(now <= capacity, "group \(group) holds \(now)")
    }

    private mutating func check(_ condition: Bool, _ error: @autoclosure () -> String) {
        if !condition, errors.count < 10 { errors.append(error()) }
    }

    /// Whether the packer knows what the groups hold.
    mutating func expectSameBooks() {
        packer.checkInvariants()
        for id in ids {
            let goal = (waiting + flying).first { $0.sequence == id }?.to ?? groupOf[id.index]
            check(packer.group(of: id) == goal, "the packer has \(id) elsewhere")
        }
        for index in held.indices {
            let group = GroupID(index: index)
            let coming = waiting.filter { $0.to == group }.reduce(0) { $0 + $1.size }
            check(packer.charged(of: group) == held[index] + coming, "miscounted group \(index)")
        }
    }
}
