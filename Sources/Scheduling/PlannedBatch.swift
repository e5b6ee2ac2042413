internal import Domain

/// A place for a step of a group. Steps are written and kept there, for moving one about would
/// count all of its arrays up and down.
struct PlannedBatch: Sendable {
    var step: Step
    var isInFlight = false
    /// `SpanPool.releases` when it was planned: as long as that stays, so do the blocks under its
    /// sequences.
    var releases = 0

    init(group: GroupID, stageCount: Int) {
        step = Step(id: StepID(0), group: group, stageCount: stageCount)
    }

    /// The step is complete.
    mutating func launch(_ id: StepID, releases: Int) {
        step.id = id
        isInFlight = true
        self.releases = releases
    }
}
