internal import Cluster
internal import Domain

/// The executor of one instance in virtual time: it does one thing at a time, in the order in
/// which it was asked, whichever groups ask. Parameters arrive beside that, one order after the
/// other.
struct VirtualInstance: Sendable {
    enum Job: Sendable {
        case stage(StageRun)
        case change(MemoryChange)
    }

    struct Load: Sendable {
        let bytes: ByteCount
        let source: UnitSource
    }

    /// The first is being done.
    var jobs = Queue<Job>()
    /// Since when.
    var jobStart = Instant.zero
    /// The first is on its way.
    var loads = Queue<Load>()
    var loadStart = Instant.zero
    /// When the last of its answers is heard: none overtakes another.
    var lastAnswer = Instant.zero
    private(set) var isDead = false

    /// It does nothing more, and nobody hears from it again.
    mutating func die() {
        isDead = true
        jobs.removeAll()
        loads.removeAll()
    }
}

/// A step on its way through the stages that its group had when it was planned.
struct StageRun: Sendable {
    let step: Step
    let stages: [GroupStage]
    var stage = 0
    /// When the stage before handed it on.
    var handedOn = Instant.zero

    var instance: InstanceID { stages[stage].instance }
    var isAtLastStage: Bool { stage + 1 == stages.count }
}
