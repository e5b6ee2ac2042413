internal import Domain

/// A step on its way through the stages of its group.
struct StepOrder: Sendable {
    let step: Step
    /// By entry: what is known of its sequence.
    let records: [SequenceRecord]
    let route: Route
    let planned: Instant
    /// How long the group had nothing to do, from when it was formed until `planned`.
    let groupIdle: Duration
    /// The stage it is at.
    var stage = 0
    /// What the stage before gave, (rows, hidden); `nil` at the first.
    var activation: Activation?

    /// The instance of the present stage.
    var instance: InstanceID { route.stages[stage].instance }
    var range: StageRange { route.stages[stage].range }
    var isAtLastStage: Bool { stage + 1 == route.stages.count }

    /// The same step at its next stage.
    func advanced(with activation: Activation) -> StepOrder {
        var next = self
        next.stage += 1
        next.activation = activation
        return next
    }
}

/// What a step produced: one token for each entry that samples, in the order of the entries.
struct StepSamples: Sendable {
    var sequences: [SequenceID] = []
    var tokens: [SampledToken] = []
}
