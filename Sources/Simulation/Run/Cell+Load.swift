internal import Cluster
internal import Domain
internal import Scheduling

/// What curves show of a cell.
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
