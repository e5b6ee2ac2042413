internal import Domain
internal import HeapModule
internal import Planning
internal import Scheduling

/// Sequences that wait for blocks go where there are some: nothing of them has to move.
extension Cell {
    /// Spans that a group could still give after all that waits there.
    private func slack(_ group: GroupScheduler) -> Int {
        group.pool.freeCount(stores) - group.waitingSpans - group.setAside
    }

    /// Sends the first waiting sequences of full groups to those that can run them at once, the
    /// roomiest first. Complexity: O(groups), and O(log groups) for each that is sent.
    mutating func moveWaiting(_ effects: inout [Effect]) {
        updateView()
        guard view.total.waiting > 0 else { return }
        var targets = Heap(
            groups.ids.filter { takesOthers($0) }.map {
                Room(spans: slack(groups[$0]), group: $0)
            })
        for source in groups.ids where groups[source].waitingCount > 0 {
            while let target = targets.max, let id = groups[source].firstWaiting(in: table) {
                let needed = groups[source].spansNeeded(for: table[id].tokens.count)
                guard groups[source].pool.freeCount(stores) < needed, target.spans > needed,
                    isBatch(id) ? lends(target.group) : serves(target.group, id)
                else { break }
                targets.removeMax()
                groups[source].dropFirstWaiting(in: table)
                join(id, target.group)
                plan(target.group, &effects)
                guard groups[target.group].waitingCount == 0 else { continue }
                targets.insert(Room(spans: slack(groups[target.group]), group: target.group))
            }
        }
    }

    /// Whether the group would start a sequence at once if it has the blocks.
    private func takesOthers(_ id: GroupID) -> Bool {
        guard groups[id].isAccepting, groups[id].isRunning, groups[id].waitingCount == 0 else {
            return false
        }
        return !isChanging(id) || reshapes.contains { $0.group == id && $0.phase == .moving }
    }
}

/// What a group could give. Of equals the one with the lower id counts as roomier.
private struct Room: Comparable {
    let spans: BlockCount
    let group: GroupID

    static func < (left: Self, right: Self) -> Bool {
        (left.spans, right.group) < (right.spans, left.group)
    }
}
