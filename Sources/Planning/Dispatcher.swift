package import Domain

/// Which group a new sequence joins (`--dispatch-policy`).
package enum DispatchPolicy: String, Hashable, Sendable, CaseIterable {
    /// The groups in turn.
    case roundRobin = "round-robin"
    /// The group with the fewest sequences, running and waiting.
    case leastRequests = "least-requests"
    /// The group with the fewest waiting sequences, then the most free blocks.
    case shortestQueue = "shortest-queue"
}

/// Chooses groups by one policy. Its only memory is whose turn it is; ties go to the lowest id.
package struct Dispatcher: Sendable {
    package let policy: DispatchPolicy
    private var turn = 0

    package init(policy: DispatchPolicy) {
        self.policy = policy
    }

    /// The group for the next sequence, or `nil` when all drain. Complexity: O(groups).
    package mutating func choose(from view: ClusterView) -> GroupID? {
        let open = view.groups.filter { !$0.isDraining }
        guard !open.isEmpty else { return nil }
        switch policy {
        case .roundRobin:
            turn += 1
            return open[(turn - 1) % open.count].group
        case .leastRequests:
            return least(of: open) { ($0.running + $0.waiting, 0) }
        case .shortestQueue:
            return least(of: open) { ($0.waiting, -$0.freeBlocks) }
        }
    }

    private func least(
        of groups: [GroupLoad], by key: (GroupLoad) -> (Int, Int)
    ) -> GroupID? {
        groups.min { left, right in
            let (leftKey, rightKey) = (key(left), key(right))
            return leftKey == rightKey ? left.group < right.group : leftKey < rightKey
        }?.group
    }
}
