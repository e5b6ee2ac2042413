internal import Domain
internal import Planning
internal import Scheduling

/// How packed sequences get where they shall be: their KV is copied, or their tokens are computed
/// again, as far as links and instances have room in an epoch (Mell §V).
extension Cell {
    /// Decides the way of each planned move. What neither a link nor an instance can take now stays
    /// for a later epoch, and the packer hears that it has not moved. Complexity: O(instances +
    /// moves log moves).
    mutating func splitTransfers() {
        guard let profile = boundedTransfers else { return }
        let items = packingMoves.filter(mayPack).map(transferItem)
        guard !items.isEmpty else {
            deferrals.removeAll()
            return
        }
        let split = TransferSplit(
            items, linkBounds: linkBounds(profile), hostBounds: hostBounds(profile))
        let modes = Dictionary(
            uniqueKeysWithValues: split.decisions.map { ($0.sequence, $0.mode) })
        var putOff: [SequenceID: Int] = [:]
        packingMoves = packingMoves.compactMap { move in
            guard let mode = modes[move.sequence] else { return nil }
            var decided = move
            decided.mode = mode
            guard mode == .deferred else { return decided }
            putOff[move.sequence] = (deferrals[move.sequence] ?? 0) + 1
            tellPacker(move.sequence, isOn: move.from)
            return nil
        }
        deferrals = putOff
    }

    /// What was measured, if packing is to keep to it. Those who only want to see one way of moving
    /// say so by the relocation mode.
    private var boundedTransfers: TransferProfile? {
        let packing = configuration.packing
        let isBounded =
            configuration.packingPolicy == .mell && packing.transferPolicy != .unbounded
            && configuration.relocation.mode != .recompute
        return isBounded ? packing.transfers : nil
    }

    private func transferItem(_ move: PackingMove) -> TransferItem {
        let deferred = deferrals[move.sequence] ?? 0
        return TransferItem(
            sequence: move.sequence, tokens: table[move.sequence].tokens.count,
            kv: kvBytes(table[move.sequence].spans.count, from: move.from, to: move.to),
            links: links(from: move.from, to: move.to), to: move.to,
            isUrgent: deferred >= configuration.packing.mostDeferrals
                || packer?.isOverfull(move.from) ?? false)
    }
}

// MARK: - Links

extension Cell {
    /// What so many spans weigh on the fullest link of their way.
    private func kvBytes(_ spans: BlockCount, from: GroupID, to: GroupID) -> ByteCount {
        let most = (groups[from].stages + groups[to].stages).reduce(0) {
            max($0, $1.range.layers.count)
        }
        return memories[0].shape.blockBytes * (spans * most)
    }

    /// Those of all members that give or take layers, each once.
    private func links(from: GroupID, to: GroupID) -> [LinkID] {
        var links: [LinkID] = []
        for receiver in groups[to].stages {
            for giver in groups[from].stages
            where giver.range.layers.overlaps(receiver.range.layers)
                && giver.instance != receiver.instance
            {
                let isNear = machine(of: giver.instance) == machine(of: receiver.instance)
                links += TransferProfile.links(
                    from: giver.instance, to: receiver.instance, isNear: isNear
                ).filter { !links.contains($0) }
            }
        }
        return links
    }

    /// What links carry in an epoch besides what is on its way already.
    private func linkBounds(_ profile: TransferProfile) -> [ByteCount] {
        let packing = configuration.packing
        var bounds = profile.linkBounds(
            instances: memories.count,
            in: packing.transferPolicy == .tokens ? .zero : packing.epoch)
        for relocation in relocations where !relocation.isAborted && relocation.mode != .recompute {
            let left = max(0, table[relocation.sequence].spans.count - relocation.placed)
            let bytes = kvBytes(left, from: relocation.from, to: relocation.to)
            for link in links(from: relocation.from, to: relocation.to) {
                bounds[link.index] = max(.zero, bounds[link.index] - bytes)
            }
        }
        return bounds
    }
}

// MARK: - Instances

extension Cell {
    /// By group: tokens that it computes in an epoch beside its batch, less the prompts that are to
    /// be computed there anyway.
    private func hostBounds(_ profile: TransferProfile) -> [TokenCount] {
        var bounds = Array(repeating: 0, count: (groups.ids.last?.index ?? -1) + 1)
        guard configuration.packing.transferPolicy != .kv else { return bounds }
        for id in groups.ids {
            let running = groups[id].running
            let pending = running.reduce(0) { $0 + max(0, table[$1].pendingCount - 1) }
            let waiting = groups[id].waitingSpans * configuration.scheduler.blockSize
            let most = profile.computation.tokens(with: running.count)
            // Where tokens are the only way, what must move is not to be copied after all.
            let least = configuration.packing.transferPolicy == .tokens ? 1 : 0
            bounds[id.index] = max(least, most - pending - waiting)
        }
        return bounds
    }
}
