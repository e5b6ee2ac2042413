internal import Domain
internal import Planning
internal import Scheduling

/// Packing: new requests go where little is left of the groups in use (`--dispatch-policy pack`),
/// and at every epoch sequences move so that few groups are in use (`--relocation-policy mell`;
/// Mell §VI). The packer knows the books, the cell what is true: who ends, moves by other means or
/// could not move is told it, and what it plans goes through the one mechanism of relocation.
extension Cell {
    static func packer(_ configuration: CellConfiguration) -> Packer? {
        let isPacking =
            configuration.dispatch == .pack || configuration.relocationPolicy == .mell
        guard isPacking else { return nil }
        return Packer(policy: configuration.packingPolicy, configuration: configuration.packing)
    }

    /// The group in which a new sequence is packed, if one has room for it.
    mutating func packingChoice(for id: SequenceID, _ tokens: TokenCount) -> GroupID? {
        let size = packedSize(tokens)
        return packer?.allocate(id, size: size)
    }

    /// Blocks for what is known of a sequence and its next token.
    func packedSize(_ tokens: TokenCount) -> BlockCount {
        blocksNeeded(for: tokens + 1, blockSize: configuration.scheduler.blockSize)
    }

    /// The packer hears how a group is now.
    mutating func tellPacker(_ load: GroupLoad?, of group: GroupID) {
        guard packer != nil else { return }
        let host = load.map { load in
            PackingHost(
                group: group, capacity: load.totalBlocks,
                machine: machine(of: groups[group].stages[0].instance),
                isOpen: !load.isDraining && groups[group].isRunning && !isChanging(group)
                    && serves(group, .interactive))
        }
        packer?.setHost(host, for: group)
    }

    /// The packer hears where a sequence is, if it knows otherwise. Batch requests give way to
    /// what it packs, so it does not hear of them.
    mutating func tellPacker(_ id: SequenceID, isOn group: GroupID) {
        guard packer != nil, !isBatch(id) else { return }
        if packer?.group(of: id) == group {
            packer?.arrived(id)
        } else {
            let size = packedSize(table[id].tokens.count)
            packer?.place(id, on: group, size: size)
        }
    }

    func machine(of instance: InstanceID) -> Int {
        instance.index / max(1, configuration.instancesPerNode)
    }
}

// MARK: - Idle instances

extension Cell {
    /// Instances of their own that packing has left empty for as long as the linger; none where
    /// nothing is packed.
    mutating func instancesLeftEmpty(at now: Instant) -> [InstanceID] {
        let idle = packer?.releasable(now: now) ?? []
        return idle.filter { groups[$0].stages.count == 1 }.map { groups[$0].stages[0].instance }
    }
}

// MARK: - Epochs

extension Cell {
    /// Plans moves when it is time, and starts those that can.
    mutating func pack(_ now: Instant, _ effects: inout [Effect]) {
        guard mayRelocate() else {
            packingMoves.removeAll()
            return
        }
        if now >= nextPacking {
            nextPacking = now + configuration.packing.epoch
            planPacking()
        }
        var later: [PackingMove] = []
        for move in packingMoves where mayPack(move) {
            let isDecoding = table[move.sequence].pendingCount == 1
            let mode: RelocationMode? = move.mode == .tokens ? .recompute : nil
            let (id, to) = (move.sequence, move.to)
            if isDecoding, startMigration(of: id, to: to, by: mode, now, &effects) {
                continue
            }
            later.append(move)
        }
        packingMoves = later
    }

    /// Complexity: O(sequences), and what the packer takes.
    private mutating func planPacking() {
        for group in groups.ids {
            for id in groups[group].running where !isRelocating(id) {
                tellPacker(id, isOn: group)
                let size = packedSize(table[id].tokens.count)
                packer?.grow(id, to: size)
            }
        }
        packingMoves = packer?.plan() ?? []
        // A sequence that waits has nothing to move; where it will run is known when it does.
        for move in packingMoves where table[move.sequence].phase != .running {
            tellPacker(move.sequence, isOn: home(of: move.sequence))
        }
        splitTransfers()
    }

    /// Whether what was planned still makes sense, though perhaps not at once.
    func mayPack(_ move: PackingMove) -> Bool {
        guard table.contains(move.sequence), groups.contains(move.to),
            groupOf[move.sequence.index] == move.from, groups[move.to].isAccepting
        else { return false }
        return table[move.sequence].phase == .running && !isRelocating(move.sequence)
            && serves(move.to, move.sequence)
    }
}
