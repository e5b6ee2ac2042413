internal import Cluster
internal import Domain
internal import Scheduling

/// The first in a group's queue.
struct WaitingHead: Hashable, Sendable {
    let sequence: SequenceID
    /// Since when there has been room for it.
    let since: Instant
}

/// Whether everything comes on.
extension CellChecker {
    /// Whether the cell waits for nothing any more.
    private var isQuiet: Bool {
        steps.allSatisfy(\.isAbandoned) && transfers.isEmpty && changesUnderWay == 0
            && loadsUnderWay == 0 && startsUnderWay == 0
            && !isAlarmSet
    }

    mutating func checkLiveness(_ cell: Cell) {
        let (count, known) = (cell.table.count, sequenceCount)
        if count != known { fail(.requests, "\(count) sequences instead of \(known)") }
        guard isQuiet else { return }
        let open = openCount
        guard open > 0 || !cell.isIdle else { return }
        fail(.liveness, "nothing is under way, and \(open) requests have no answer")
    }

    mutating func checkFairness(_ cell: Cell) {
        for id in cell.groups.ids {
            while heads.count <= id.index { heads.append(nil) }
            guard let sequence = admissible(cell.groups[id], of: cell) else {
                heads[id.index] = nil
                continue
            }
            guard let head = heads[id.index], head.sequence == sequence else {
                heads[id.index] = WaitingHead(sequence: sequence, since: now)
                continue
            }
            guard now - head.since > patience else { continue }
            heads[id.index] = WaitingHead(sequence: sequence, since: now)
            fail(.fairness, "sequence \(sequence) waits for group \(id), which has room for it")
        }
    }

    /// The first in the group's queue, if nothing keeps it from being admitted.
    private func admissible(_ group: GroupScheduler, of cell: Cell) -> SequenceID? {
        guard group.isAccepting, group.isRunning, group.hasSeat, group.waitingCount > 0,
            group.running.count < group.configuration.maxBatchedTokens
        else { return nil }
        var queue = group
        guard let sequence = queue.firstWaiting(in: cell.table) else { return nil }
        let reserve = Double(group.pool.capacity(cell.stores)) * group.configuration.watermark
        let isAlone = group.running.isEmpty && group.setAside == 0
        let margin = isAlone ? 0 : BlockCount(reserve) + group.setAside
        let needed = group.spansNeeded(for: cell.table[sequence].tokens.count) + margin
        return group.pool.freeCount(cell.stores) >= needed ? sequence : nil
    }
}
