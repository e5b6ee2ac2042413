package import Domain

/// Decides which group each sequence is on, so that few groups are in use (Mell §VI), or by one of
/// the simple rules that Mell compares with.
///
/// The paper repairs the packing after every operation and then prunes the moves. Here operations
/// only change the books, and `plan` repairs what all of them together have left behind: a hole
/// that an arrival fills costs nothing, and no sequence moves twice. What is repaired is what the
/// paper's operations maintain:
/// - no group holds more than its memory less a reserve for growth;
/// - a large sequence has a small or medium one beside it if one can be had;
/// - of the groups with medium (small) sequences all but one hold two (three), if these fit;
/// - groups are filled with tiny sequences to the fill level, from the emptiest group of these.
///
/// Where the paper says "the most recently activated" group of a class, the one that may be part
/// full and that gives to others, here it is the emptiest of its class, the tail. In the paper
/// these are the same as long as sequences do not grow; moving from the emptiest moves the fewest
/// bytes. Two things are beyond the paper: a group is emptied as soon as the others have room for
/// all it holds, and nothing opens a group while another has room.
///
/// Classes relate to the memory that most open hosts have. Hosts with other memory take sequences,
/// after the others; they are not filled up and give nothing away but what they cannot hold.
package struct Packer: Sendable {
    package let policy: PackingPolicy
    package let configuration: PackingConfiguration
    var placement: Placement
    /// Since the last plan.
    private var operations = 0
    /// Items that may still move in the plan in the making.
    var budget = 0

    package init(policy: PackingPolicy, configuration: PackingConfiguration = .init()) {
        self.policy = policy
        self.configuration = configuration
        placement = Placement(configuration: configuration)
    }
}

extension Packer {
    /// A host is new or has changed; `nil` when it is gone, and what was there is forgotten.
    /// Complexity: O(hosts), and O(sequences) when the memory of most hosts changes or one goes.
    package mutating func setHost(_ host: PackingHost?, for group: GroupID) {
        precondition(host.map { $0.group == group } ?? true)
        placement.setHost(host, at: group.index)
    }

    /// Where a new sequence of `size` blocks goes; nothing where no open host has room. Places it.
    /// Complexity: O(hosts).
    package mutating func allocate(_ id: SequenceID, size: BlockCount) -> GroupID? {
        operations += 1
        guard let site = choose(for: size) else { return nil }
        placement.insert(id.index, size: size, at: site)
        return GroupID(index: site)
    }

    /// The sequence is on this group with this many blocks, whatever was planned or known. One on
    /// an unknown group is forgotten.
    package mutating func place(_ id: SequenceID, on group: GroupID, size: BlockCount) {
        depart(id)
        guard group.index < placement.sites.count, placement.sites[group.index].host != nil
        else { return }
        placement.insert(id.index, size: size, at: group.index)
    }

    /// A sequence is no more. One that is unknown, such as that of a lost host, is ignored.
    package mutating func depart(_ id: SequenceID) {
        operations += 1
        guard placement.site(of: id.index) != nil else { return }
        placement.remove(id.index)
    }

    /// A sequence has `size` blocks now. One that is unknown is ignored.
    package mutating func grow(_ id: SequenceID, to size: BlockCount) {
        operations += 1
        guard placement.site(of: id.index) != nil else { return }
        placement.resize(id.index, to: size)
    }

    /// A planned move is over: its source no longer holds the sequence. One whose move failed, or
    /// took it elsewhere, is told by `place`.
    package mutating func arrived(_ id: SequenceID) {
        guard placement.site(of: id.index) != nil else { return }
        placement.endMove(of: id.index)
    }

    /// What shall move, after all operations since the last call. A sequence is in the plan once;
    /// those that still move from an earlier plan are not. From now on they count as moved, but
    /// their sources stay charged until `arrived`, `place` or `depart`.
    package mutating func plan() -> [PackingMove] {
        budget = configuration.mostItemMoves * max(1, operations)
        operations = 0
        switch policy {
        case .mell: repair()
        case .loadBalance: balance()
        case .bestFit, .worstFit: break
        }
        return settle()
    }
}

extension Packer {
    /// Where the sequence is, or will be when its move is over.
    package func group(of id: SequenceID) -> GroupID? {
        placement.site(of: id.index).map { GroupID(index: $0) }
    }

    /// Blocks of the sequences on a group; of those that move there, but not of those that leave.
    package func used(of group: GroupID) -> BlockCount { site(group)?.used ?? 0 }

    /// Blocks that a group must have: those of its sequences and of those that leave it.
    package func charged(of group: GroupID) -> BlockCount {
        site(group).map { $0.used + $0.leaving } ?? 0
    }

    /// That of the largest sequence on the group; `nil` while it has none.
    package func kind(of group: GroupID) -> SizeClass? {
        site(group).flatMap { $0.residents == 0 ? nil : $0.kind }
    }

    /// Whether a group holds more than it should: less is left than its sequences will grow into
    /// until the next plan.
    package func isOverfull(_ group: GroupID) -> Bool {
        site(group) != nil && room(at: group.index, .keeping) < 0
    }

    /// Groups in use.
    package var hostsInUse: Int { placement.sites.count { !$0.isEmpty } }

    /// The classes of size that sequences fall into at present.
    package var classes: SizeClasses { placement.classes }

    /// Fragments of a group that count as one tiny sequence, each in order of ids.
    package func bundles(on group: GroupID) -> [[SequenceID]] {
        guard site(group) != nil else { return [] }
        return placement.itemsOfSites[group.index].filter { placement.items[$0].isBundle }.map {
            placement.items[$0].members.sorted().map { SequenceID(index: $0) }
        }
    }

    /// Open groups that have been empty for as long as the linger, as far as seen: their time runs
    /// from the first call that finds them empty.
    package mutating func releasable(now: Instant) -> [GroupID] {
        for index in placement.sites.indices
        where placement.sites[index].isOpen && placement.sites[index].isEmpty {
            placement.sites[index].idleSince = placement.sites[index].idleSince ?? now
        }
        return placement.sites.indices.filter { index in
            let site = placement.sites[index]
            guard site.isOpen, site.isEmpty, let since = site.idleSince else { return false }
            return now - since >= configuration.linger
        }.map { GroupID(index: $0) }
    }

    /// Traps if the books contradict each other. Complexity: O(sequences).
    package func checkInvariants() { placement.checkInvariants() }

    private func site(_ group: GroupID) -> Placement.Site? {
        group.index < placement.sites.count ? placement.sites[group.index] : nil
    }
}
