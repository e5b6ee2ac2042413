internal import Domain

/// Which sequence is on which group, and in which item: the books of a `Packer`, without any
/// judgement. An item is what the classes of size count: one sequence, or a bundle of fragments.
/// Bundles are bookkeeping within one group, so forming, splitting and merging them moves nothing.
///
/// Sites and residents are found by the index of their group and sequence, for ids are dense.
struct Placement: Sendable {
    private(set) var classes: SizeClasses
    private let configuration: PackingConfiguration
    /// The capacity that classes relate to: that of most open hosts, and of these the least.
    private(set) var capacity: BlockCount = 0
    var sites: [Site] = []
    /// By site; apart from it, so that to look at a site counts no references.
    var itemsOfSites: [[Int]] = []
    var residents: [Resident] = []
    var items: [Item] = []
    var vacantItems: [Int] = []
    /// Moves since the last `settle`, in order.
    private var moved: [Relocation] = []

    init(configuration: PackingConfiguration) {
        self.configuration = configuration
        classes = SizeClasses(capacity: 0, configuration: configuration)
    }

    /// A group.
    struct Site: Sendable {
        /// `nil` when it is no more.
        var host: PackingHost?
        var residents = 0
        var used: BlockCount = 0
        /// Blocks of sequences that are about to leave and are counted elsewhere already.
        var leaving: BlockCount = 0
        /// Blocks of small, medium and large sequences.
        var frame: BlockCount = 0
        var small = 0
        var medium = 0
        var large = 0
        /// When it was first seen empty.
        var idleSince: Instant?

        var isOpen: Bool { host?.isOpen ?? false }
        var capacity: BlockCount { host?.capacity ?? 0 }
        var isEmpty: Bool { residents == 0 && leaving == 0 }
        /// That of the largest sequence; bundles are tiny.
        var kind: SizeClass {
            if large > 0 { return .large }
            if medium > 0 { return .medium }
            return small > 0 ? .small : .tiny
        }

        /// Sequences of a class that is counted.
        func count(of kind: SizeClass) -> Int {
            switch kind {
            case .small: small
            case .medium: medium
            case .large: large
            case .tiny, .fragment: 0
            }
        }
    }

    /// A sequence.
    struct Resident: Sendable {
        var size: BlockCount = 0
        /// `nil` when there is no such sequence.
        var item: Int?
        /// Where in the item's members.
        var place = 0
        /// The site that still holds its blocks while it moves.
        var leaving: Int?
        /// Where it was before the plan in the making.
        var origin: Int?
    }

    /// A change of a sequence's site.
    private struct Relocation: Sendable {
        var resident: Int
        var from: Int
        /// Since the last `settle`, so that `from` is its origin.
        var isFirst: Bool
    }

    /// One sequence above the size of a fragment, or a bundle of fragments.
    struct Item: Sendable {
        var site: Int
        var isBundle: Bool
        var kind = SizeClass.tiny
        var size: BlockCount = 0
        var members: [Int] = []
    }
}

extension Placement {
    func site(of resident: Int) -> Int? {
        guard resident < residents.count, let item = residents[resident].item else { return nil }
        return items[item].site
    }

    /// Complexity: O(1), and O(sequences) when classes change or a host goes that holds some.
    mutating func setHost(_ host: PackingHost?, at site: Int) {
        while sites.count <= site {
            sites.append(Site())
            itemsOfSites.append([])
        }
        guard sites[site].host != host else { return }
        if host == nil { clear(site) }
        sites[site].host = host
        let capacity = commonCapacity()
        guard capacity != self.capacity else { return }
        self.capacity = capacity
        classes = SizeClasses(capacity: capacity, configuration: configuration)
        formItemsAnew()
    }

    mutating func insert(_ resident: Int, size: BlockCount, at site: Int) {
        while residents.count <= resident { residents.append(Resident()) }
        precondition(residents[resident].item == nil, "sequence \(resident) is placed already")
        residents[resident] = Resident(size: size)
        attach(resident, to: site)
    }

    mutating func remove(_ resident: Int) {
        endMove(of: resident)
        detach(resident)
    }

    /// The sequence's blocks are where they are counted, and nowhere else.
    mutating func endMove(of resident: Int) {
        guard let site = residents[resident].leaving else { return }
        sites[site].leaving -= residents[resident].size
        residents[resident].leaving = nil
    }

    /// Complexity: O(1), and O(bundle) where bundles split or merge.
    mutating func resize(_ resident: Int, to size: BlockCount) {
        guard let item = residents[resident].item else { return }
        let delta = size - residents[resident].size
        if let site = residents[resident].leaving { sites[site].leaving += delta }
        let isFragment = classes.of(size) == .fragment
        if isFragment == items[item].isBundle {
            residents[resident].size = size
            change(item, by: delta)
            tidy(item)
        } else {
            let site = items[item].site
            detach(resident)
            residents[resident].size = size
            attach(resident, to: site)
        }
    }

    /// Counts the sequence at another site, until `settle` as a mere intention.
    mutating func relocate(_ resident: Int, to site: Int) {
        guard let from = self.site(of: resident) else {
            preconditionFailure("no sequence \(resident)")
        }
        moved.append(
            Relocation(
                resident: resident, from: from, isFirst: residents[resident].origin == nil))
        residents[resident].origin = residents[resident].origin ?? from
        detach(resident)
        attach(resident, to: site)
    }

    /// Moves since the last `settle`.
    var moveCount: Int { moved.count }

    /// Takes back all but the first `count` moves since the last `settle`.
    mutating func undoMoves(after count: Int) {
        while moved.count > count, let last = moved.popLast() {
            detach(last.resident)
            attach(last.resident, to: last.from)
            if last.isFirst { residents[last.resident].origin = nil }
        }
    }

    /// Sequences that are elsewhere than at the last `settle`, with their sites of then; from now
    /// on, moves count from here.
    mutating func settle() -> [(resident: Int, from: Int)] {
        var all: [(resident: Int, from: Int)] = []
        for move in moved where move.isFirst {
            residents[move.resident].origin = nil
            if site(of: move.resident) != move.from { all.append((move.resident, move.from)) }
        }
        moved.removeAll(keepingCapacity: true)
        return all
    }

    private func commonCapacity() -> BlockCount {
        let all = sites.filter { $0.isOpen && $0.capacity > 0 }.map(\.capacity).sorted()
        var best: (capacity: BlockCount, count: Int) = (0, 0)
        var first = 0
        for index in all.indices where index + 1 == all.count || all[index + 1] != all[index] {
            if index + 1 - first > best.count { best = (all[index], index + 1 - first) }
            first = index + 1
        }
        return best.capacity
    }

    /// Forgets what is on a site or leaves it.
    private mutating func clear(_ site: Int) {
        for resident in residents.indices {
            if residents[resident].leaving == site { endMove(of: resident) }
            if self.site(of: resident) == site { remove(resident) }
        }
        sites[site] = Site()
    }
}
