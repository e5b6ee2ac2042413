internal import Domain
internal import HeapModule
internal import Planning
internal import Scheduling

/// The baseline policy `migrate`: running sequences move live from the instance whose queue cannot
/// be served to the one with the most free blocks, and waiting ones follow room (Llumnix §4.4,
/// load balancing and defragmentation).
extension Cell {
    mutating func balance(_ now: Instant, _ effects: inout [Effect]) {
        moveWaiting(&effects)
        for _ in relocations.count..<max(relocations.count, configuration.relocation.maxConcurrent)
        {
            guard let move = nextMigration(),
                startMove(move.sequence, to: move.target, isLive: true, now, &effects)
            else { return }
        }
    }

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
                guard groups[source].pool.freeCount(stores) < needed, target.spans > needed else {
                    break
                }
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

    private func roomiest() -> GroupID? {
        groups.ids.filter { groups[$0].isAccepting && !isChanging($0) }
            .max { slack(groups[$0]) < slack(groups[$1]) }
    }

    /// A decoding sequence whose leaving lets the fullest group admit its next one: the smallest
    /// that frees enough, or else the largest that fits the other side's half of the difference.
    private mutating func nextMigration() -> (sequence: SequenceID, target: GroupID)? {
        let incoming = { [relocations] (id: GroupID) in
            relocations.reduce(0) { $0 + ($1.to == id ? 1 : 0) - ($1.from == id ? 1 : 0) }
        }
        let busy = groups.ids.filter { groups[$0].waitingCount > 0 && incoming($0) == 0 }
        guard let source = busy.min(by: { slack(groups[$0]) < slack(groups[$1]) }),
            let target = roomiest(), target != source
        else { return nil }
        let limit = (slack(groups[target]) - slack(groups[source])) / 2
        let room = min(limit, groups[target].pool.freeCount(stores))
        let movable = groups[source].running.filter { id in
            table[id].phase == .running && table[id].pendingCount == 1
                && table[id].spans.count < room && !isRelocating(id)
        }
        guard let head = groups[source].firstWaiting(in: table) else { return nil }
        let missing =
            groups[source].spansNeeded(for: table[head].tokens.count)
            - groups[source].pool.freeCount(stores)
        let bySize = movable.sorted {
            (table[$0].spans.count, $0) < (table[$1].spans.count, $1)
        }
        let chosen = bySize.first { table[$0].spans.count >= missing } ?? bySize.last
        return chosen.map { ($0, target) }
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
