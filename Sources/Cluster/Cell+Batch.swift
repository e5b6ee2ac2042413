internal import Domain
internal import Planning
internal import Scheduling

/// Batch requests wait in one queue of the whole cell, by deadline. They run on instances of their
/// own and in the room that interactive requests leave on mixed ones, and give way to those: their
/// KV goes to host memory, and they wait again until it can come back, to whichever instance has
/// room (Chiron §3).
extension Cell {
    func isBatch(_ id: SequenceID) -> Bool { table[id].isYielding }

    /// A batch request waits for an instance.
    mutating func queueBatch(_ id: SequenceID) {
        unassign(id)
        // What it waits is no time between two tokens of its instance.
        services[id.index].lastToken = nil
        batchQueue.insert(
            table[id].request, arrival: services[id.index].arrived,
            deadline: services[id.index].deadline)
    }

    /// Whether batch requests may run in the group. While parameters are dropped, memory is needed
    /// for those that somebody waits for.
    func lends(_ group: GroupID) -> Bool {
        groups[group].isAccepting && groups[group].isRunning && !isChanging(group)
            && (!groups[group].isPipeline || configuration.overloadPolicy == .staticPipeline)
            && instanceClass(of: group).serves(.batch)
    }

    /// Seats that batch requests may fill, together with those who have one.
    func lentSeats(of group: GroupID) -> Int {
        let most = groups[group].maxRunning
        guard instanceClass(of: group) == .mixed else { return most }
        return max(1, Int(Double(most) * configuration.autoscaling.lentShare))
    }

    /// Sizes of batches, and batch requests that give way or find room.
    mutating func lookAfterClasses(_ effects: inout [Effect]) {
        countLent()
        tickPaces(&effects)
        for group in groups.ids where groups[group].waitingCount > 0 {
            makeRoom(in: group, &effects)
        }
        feedBatch(&effects)
    }

    /// Lets those run that are due first, as far as there is room: on batch instances before mixed
    /// ones, the freest first. Where requests are packed it is the fullest, and mixed instances
    /// that have interactive requests, as long as there is time. Complexity: O(groups), and for
    /// each that runs.
    mutating func feedBatch(_ effects: inout [Effect]) {
        hasFreedRoom = false
        guard !batchQueue.isEmpty else { return }
        guard isServable else { return endQueued(&effects) }
        for group in groups.ids where tally(of: group).batch == 0 { setPace(of: group, &effects) }
        updateView()
        while let request = batchQueue.first, let id = sequences[request] {
            let needed = blocksNeeded(
                for: table[id].tokens.count, blockSize: configuration.scheduler.blockSize)
            guard let group = lender(of: needed, for: id) else { return }
            batchQueue.remove(request)
            if let place = swapped.firstIndex(where: { $0.sequence == id && !$0.isAborted }) {
                comeBack(place, to: group, needed, &effects)
            } else {
                join(id, group)
                plan(group, &effects)
            }
            updateView()
        }
    }

    /// Instances are there, or may still come.
    private var isServable: Bool {
        if groups.ids.contains(where: { !collapsing.contains($0) }) { return true }
        let mayCome = autoscaler != nil && !roster.nextToStart(1, isLost: isLost).isEmpty
        return mayCome || roster.startingCount > 0
    }

    private mutating func endQueued(_ effects: inout [Effect]) {
        while let request = batchQueue.first, let id = sequences[request] {
            end(id, .failed("no instance is left"), &effects)
        }
    }

    /// The group in which a batch request of so many blocks runs at once. Where tokens are late
    /// already its prompt would only delay them more.
    private func lender(of needed: BlockCount, for id: SequenceID) -> GroupID? {
        var best: (rank: (Int, Double), group: GroupID)?
        let isChoosy = waitsForCompany(id)
        for group in groups.ids where lends(group) && !isLate(group) {
            guard !isChoosy || hasCompany(in: group), let load = view[group],
                load.waiting == 0 || !groups[group].lacksBlocks,
                load.waiting + groups[group].seatedCount + returningCount(to: group)
                    < lentSeats(of: group)
            else { continue }
            let isMixed = instanceClass(of: group) == .mixed
            let kept =
                isMixed
                ? 1 - configuration.autoscaling.lentShare : configuration.scheduler.watermark
            let spare = load.usedBlocks == 0 ? 0 : Int(Double(load.totalBlocks) * kept)
            let free = load.freeBlocks - load.waitingBlocks - groups[group].setAside
            guard free >= needed + spare else { continue }
            let isPacking = configuration.dispatch == .pack
            let share = Double(free) / Double(load.running + load.waiting + 1)
            let rank = (isMixed ? 0 : 1, isPacking ? -Double(free) : share)
            if best.map({ rank > $0.rank }) ?? true { best = (rank, group) }
        }
        return best?.group
    }

    /// Where requests are packed, a batch request that has time waits for room beside interactive
    /// ones, if there are any: no instance is in use for it alone.
    private func waitsForCompany(_ id: SequenceID) -> Bool {
        let slack = services[id.index].deadline - time
        return configuration.dispatch == .pack && slack > configuration.autoscaling.companySlack
            && groups.ids.contains { tally(of: $0).interactive > 0 }
    }

    private func hasCompany(in group: GroupID) -> Bool {
        tally(of: group).interactive > 0 || instanceClass(of: group) == .batch
    }

    private func returningCount(to group: GroupID) -> Int {
        swapped.count { $0.group == group && $0.phase == .returning }
    }
}

// MARK: - Giving way

extension Cell {
    /// Lets batch requests give way so that what waits in a group can run, and no more run than
    /// may: those that are due last go first, of equals the smallest.
    mutating func makeRoom(in group: GroupID, _ effects: inout [Effect]) {
        guard isRoutingByClass, tally(of: group).batch > 0, groups[group].isRunning,
            !isChanging(group)
        else { return }
        var (seats, blocks) = lack(in: group)
        guard seats > 0 || blocks > 0 else { return }
        let candidates = groups[group].running.filter {
            isBatch($0) && table[$0].phase == .running && !isRelocating($0)
        }
        let order = candidates.sorted {
            let (first, second) = (services[$0.index].deadline, services[$1.index].deadline)
            return (second, table[$0].spans.count, $0) < (first, table[$1].spans.count, $1)
        }
        for id in order where seats > 0 || blocks > 0 {
            seats -= 1
            blocks -= table[id].spans.count
            sendAway(id, &effects)
        }
    }

    /// Seats and blocks that the interactive requests of a group lack. What is on its way out
    /// counts as gone.
    private mutating func lack(in group: GroupID) -> (seats: Int, blocks: BlockCount) {
        let excess = groups[group].seatedCount - groups[group].maxRunning
        // Batch requests come last in a queue: behind one there are no others.
        let first = groups[group].firstWaiting(in: table)
        guard let first, !isBatch(first) else { return (excess, 0) }
        var free = groups[group].pool.freeCount(stores) - groups[group].setAside
        for entry in swapped where entry.group == group {
            switch entry.phase {
            case .stalling: free += table[entry.sequence].spans.count
            case .leaving: free += entry.spans.count
            case .away, .returning: continue
            }
        }
        let share = configuration.scheduler.watermark
        let spare = Int(Double(groups[group].pool.capacity(stores)) * share)
        return (excess + groups[group].waitingCount, groups[group].waitingSpans + spare - free)
    }

    /// A batch request leaves, unless it is about to.
    mutating func giveWay(_ id: SequenceID, _ effects: inout [Effect]) {
        guard table[id].phase == .running, !isRelocating(id) else { return }
        sendAway(id, &effects)
    }

    /// A batch request stands still as soon as its step is over, goes to host memory and waits for
    /// another turn.
    private mutating func sendAway(_ id: SequenceID, _ effects: inout [Effect]) {
        guard let group = groupOf[id.index] else { return }
        groups[group].stall(id, &table)
        swapped.append(
            SwappedSequence(sequence: id, group: group, since: time, phase: .stalling))
        if !table[id].isInFlight { leaveForHost(id, &effects) }
    }

    /// Those that were to leave and have come out of their last step.
    mutating func sendStalled(from group: GroupID, _ effects: inout [Effect]) {
        guard !swapped.isEmpty else { return }
        let ready = swapped.filter {
            $0.group == group && $0.phase == .stalling && !table[$0.sequence].isInFlight
        }
        for entry in ready { leaveForHost(entry.sequence, &effects) }
    }

    /// Batch requests hold so many blocks of each group now. Complexity: O(batch requests that
    /// run).
    mutating func countLent() {
        guard isRoutingByClass else { return }
        for group in groups.ids where group.index < tallies.count {
            let before = tallies[group.index].lentBlocks
            guard tallies[group.index].batch > 0 || before > 0 else { continue }
            var lent = 0
            for id in groups[group].running where isBatch(id) { lent += table[id].spans.count }
            tallies[group.index].lentBlocks = lent
            if lent != before { groups.touch(group) }
        }
    }
}
