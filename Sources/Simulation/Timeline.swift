internal import Cluster
internal import Domain
internal import Scheduling

/// How a cell was at the beginning of each second.
struct Timeline: Sendable {
    private(set) var seconds: [WhatIfAnswer.Second] = []

    /// Adds the seconds that begin up to `time`, in all of which the cell was like this.
    mutating func fill(upTo time: Duration, with cell: Cell) {
        guard .seconds(seconds.count) <= time else { return }
        let state = WhatIfAnswer.Second(
            running: cell.runningCount, waiting: cell.waitingCount, usedBlocks: cell.usedBlocks,
            totalBlocks: cell.openBlocks)
        while .seconds(seconds.count) <= time { seconds.append(state) }
    }
}

extension Cell {
    /// Blocks that sequences hold: one for each span, as on a single instance.
    var usedBlocks: BlockCount { groups.sum { $0.pool.usedCount } }

    /// Blocks that sequences hold or wait for.
    var demand: BlockCount { groups.sum { $0.pool.usedCount + $0.waitingSpans } }

    /// Blocks of the groups that take requests. A group whose members' memory is about to change
    /// counts as if they still stood alone.
    var openBlocks: BlockCount {
        groups.sum { group in
            guard group.isAccepting else { return 0 }
            if group.isRunning { return group.pool.capacity(stores) }
            return group.stages.reduce(0) { $0 + stores[$1.instance.index].baseCount }
        }
    }

    /// Blocks there are without a drop.
    var baseBlocks: BlockCount { stores.reduce(0) { $0 + $1.baseCount } }
}
