package import Domain

/// Which group a new sequence joins (`--dispatch-policy`).
package enum DispatchPolicy: String, Hashable, Sendable, CaseIterable {
    /// The groups in turn.
    case roundRobin = "round-robin"
    /// The group with the fewest sequences, running and waiting, for each of its members.
    case leastRequests = "least-requests"
    /// The group with the fewest waiting sequences, then the most free blocks.
    case shortestQueue = "shortest-queue"
    /// The group with the most blocks free for each of its sequences, those that wait included
    /// (Llumnix §4.4.2).
    case freeness
    /// The group that is fullest and has room, by the packing policy; where none has, as
    /// `freeness`.
    case pack
}

/// Chooses groups by one policy. It hears of every change of a group's load, so that a choice is
/// O(1) and a change O(log groups); ties go to the lowest id.
package struct Dispatcher: Sendable {
    package let policy: DispatchPolicy
    private var turn = 0
    /// Groups that take sequences, ascending.
    private var open: [GroupID] = []
    private var byLoad = Tournament<Key>()

    package init(policy: DispatchPolicy) {
        self.policy = policy
    }

    /// How a group is now; `nil` when it is no more. Complexity: O(log groups), and O(groups) when
    /// it opens or closes.
    package mutating func update(_ group: GroupID, to load: GroupLoad?) {
        let taking = load.flatMap { $0.isDraining ? nil : $0 }
        byLoad.set(taking.map(key), at: group.index)
        guard policy == .roundRobin else { return }
        let place = open.firstIndex { $0 >= group } ?? open.count
        let isOpen = place < open.count && open[place] == group
        if isOpen, taking == nil { open.remove(at: place) }
        if !isOpen, taking != nil { open.insert(group, at: place) }
    }

    /// The group for the next sequence, or `nil` when all drain.
    package mutating func choose() -> GroupID? {
        guard policy == .roundRobin else { return byLoad.winner.map { GroupID(index: $0) } }
        guard !open.isEmpty else { return nil }
        turn += 1
        return open[(turn - 1) % open.count]
    }

    private func key(of load: GroupLoad) -> Key {
        switch policy {
        case .roundRobin: Key(0, 0)
        case .leastRequests: Key(((load.running + load.waiting) << 16) / load.members, 0)
        case .shortestQueue: Key(load.waiting, -load.freeBlocks)
        case .freeness, .pack:
            Key(-Int(load.freenessForArrivals * 65536), load.running + load.waiting)
        }
    }

    /// Less is better; the second counts where the first are equal.
    private struct Key: Comparable, Hashable, Sendable {
        let first: Int
        let second: Int

        init(_ first: Int, _ second: Int) {
            self.first = first
            self.second = second
        }

        static func < (left: Self, right: Self) -> Bool {
            (left.first, left.second) < (right.first, right.second)
        }
    }
}
