internal import Domain
internal import Planning
internal import Scheduling

/// Thinning: a merged group that holds more than its members could hold as they would be when they
/// begin to restore lets some of its sequences go live to other groups first. Without it, groups
/// of two come back only below half of the memory, and groups of four below a quarter.
extension Cell {
    /// Restores every group that can be, or thins the one that has the least to give away.
    mutating func bringBack(
        _ reason: Note.RestoreReason, _ now: Instant, _ effects: inout [Effect]
    ) {
        if let group = thinned, excess(group) <= 0, !isRelocating(group) {
            stopThinning(&effects)
        }
        for group in restorableGroups { startRestore(group, reason, now, &effects) }
        guard reshapes.isEmpty else { return }
        if thinned == nil, let group = groupToThin() {
            thinned = group
            groups[group].isAccepting = false
        }
        thin(now, &effects)
    }

    /// Lets the sequences that came last go, for they will stay the longest, until what is left
    /// fits.
    private mutating func thin(_ now: Instant, _ effects: inout [Effect]) {
        let others = openGroups
        guard let group = thinned, !others.isEmpty else { return }
        for id in groups[group].takeWaiting(from: table) { rejoin(id, others) }
        var excess = excess(group)
        for relocation in relocations where relocation.from == group && !relocation.isAborted {
            excess -= table[relocation.sequence].spans.count
        }
        for id in groups[group].running.reversed() where excess > 0 {
            guard table[id].phase == .running, !isRelocating(id) else { continue }
            let size = table[id].spans.count
            let target = emptiest(of: serving(id, among: others))
            guard startMigration(of: id, to: target, now, &effects) else { break }
            excess -= size
        }
        for target in others { planIfIdle(target, &effects) }
    }

    /// The group goes on as it is.
    mutating func stopThinning(_ effects: inout [Effect]) {
        guard let group = thinned else { return }
        thinned = nil
        guard !isChanging(group), !collapsing.contains(group) else { return }
        groups[group].isAccepting = true
        plan(group, &effects)
    }

    /// The settled pipeline that has the fewest spans too many, if the other groups have room for
    /// them. Complexity: O(groups × members).
    private func groupToThin() -> GroupID? {
        let settled = groups.ids.filter { isSettled($0) }
        let free = settled.reduce(0) { $0 + groups[$1].pool.freeCount(stores) }
        let pipelines = settled.filter { groups[$0].isPipeline }
        guard let least = pipelines.min(by: { excess($0) < excess($1) }) else { return nil }
        let elsewhere = free - groups[least].pool.freeCount(stores)
        return excess(least) <= elsewhere / 2 ? least : nil
    }
}
