internal import Domain

/// A merge or a split of groups under way. An instance is part of at most one.
struct Reshape: Sendable {
    enum Kind: Hashable, Sendable {
        /// Groups become the merged one.
        case drop
        /// The merged group becomes its members.
        case restore
        /// One that served with an instance that is lost becomes whole again, in a group of its
        /// own.
        case rebuild
    }

    enum Phase: Hashable, Sendable {
        /// Steps in flight come to their end; no new ones are planned.
        case quiescing
        /// The members' memories change.
        case changing
        /// Missing parameters are on their way (restore).
        case loading
        /// Sequences move one by one: from the old groups (drop), or to the members (restore).
        case moving
        case done
    }

    let kind: Kind
    /// The merged group.
    let group: GroupID
    /// The groups that sequences leave, as long as they exist.
    var leaving: [GroupID]
    let started: Instant
    var phase = Phase.quiescing
    /// Members whose answer is expected: memory changes, or loads (once for each).
    var expected: [InstanceID] = []
    /// What the members' memories become.
    var planned: [PlannedMemory] = []
    /// Members whose change has taken place.
    var changed: [InstanceID] = []
    var failure: String?
    /// Members that have been told to load from the model's files.
    var triedFile: [InstanceID] = []
    /// The groups of one that a restore opened.
    var opened: [GroupID] = []
    /// Spans of the merged group that new sequences leave to those that are to follow.
    var reserve: BlockCount = 0
    /// Since when the next sequence has found no room.
    var blockedSince: Instant?
    var movedSequences = 0
    var movedBytes = ByteCount.zero
    /// The instance that gives the parameters of a rebuild.
    var source: InstanceID?
    /// A rebuild that failed begins again then.
    var retryAt: Instant?
    /// Spans still used in the groups that sequences leave, when a reclaim was last tried.
    var usedWhenReclaimed: BlockCount?

    struct PlannedMemory: Sendable {
        var instance: InstanceID
        var memory: InstanceMemory
        var moves: [MemoryChange.BlockMove]
    }

    func involves(_ group: GroupID) -> Bool {
        self.group == group || leaving.contains(group) || opened.contains(group)
    }
}
