internal import Cluster
internal import Domain
internal import Scheduling

/// The executor of one instance in virtual time: it does one thing at a time, in the order in
/// which it was asked, whichever groups ask. Parameters arrive beside that, one order after the
/// other.
struct VirtualInstance: Sendable {
    enum Job: Sendable {
        case stage(StageRun)
        /// The first of `changes`.
        case change
    }

    struct Load: Sendable {
        let bytes: ByteCount
        let source: UnitSource
    }

    /// What is being done, and what comes after it.
    var job: Job?
    var jobs = Queue<Job>()
    /// Memory changes among the jobs, in their order.
    var changes = Queue<MemoryChange>()
    /// Since when.
    var jobStart = Instant.zero
    /// The first is on its way.
    var loads = Queue<Load>()
    var loadStart = Instant.zero
    /// When the last of its answers is heard: none overtakes another.
    var lastAnswer = Instant.zero
    private(set) var isDead = false

    /// Begins a job that is the only one.
    mutating func begin(_ job: Job, at now: Instant) {
        self.job = job
        jobStart = now
    }

    /// It does nothing more, and nobody hears from it again.
    mutating func die() {
        isDead = true
        job = nil
        jobs.removeAll()
        changes.removeAll()
        loads.removeAll()
    }
}

/// A step on its way through the stages that its group had when it was planned: what virtual time
/// needs to know of it, in plain numbers.
struct StageRun: Sendable {
    let step: StepID
    let group: GroupID
    /// Where in `VirtualCluster.formations` the stages begin that it passes.
    let formation: Int
    let stageCount: Int
    let load: BatchLoad
    /// Entries that sample.
    let sampleCount: Int
    var stage = 0
    /// When the stage before handed it on.
    var handedOn = Instant.zero

    /// A step at the beginning of its way.
    init(_ step: Step, through formation: Int) {
        self.step = step.id
        group = step.group
        self.formation = formation
        stageCount = step.stageCount
        load = BatchLoad(step)
        sampleCount = (0..<step.entryCount).count { step.entry($0).output.sample }
    }

    var isAtLastStage: Bool { stage + 1 == stageCount }
    /// The tokens that it computes.
    var tokenCount: TokenCount { load.promptTokens + load.decodes }
}
