internal import Domain

/// The way of a group's steps through instances.
struct Route: Hashable, Sendable {
    var stages: [GroupStage]
    /// Tells groups apart that have the same id one after the other.
    var formation: UInt64
}

/// The groups there are, and when they have had nothing to do.
struct PipelineTable {
    private struct Pipeline {
        var route: Route
        var stepsInFlight = 0
        /// Time without a step in flight since the group was formed, up to `idleSince`.
        var idle: Duration = .zero
        var idleSince: Instant
    }

    /// By group.
    private var pipelines: [Pipeline?] = []
    private var formations: UInt64 = 0

    mutating func form(_ group: GroupID, _ stages: [GroupStage], at now: Instant) {
        precondition(!stages.isEmpty, "group \(group) without stages")
        while pipelines.count <= group.index { pipelines.append(nil) }
        formations += 1
        pipelines[group.index] = Pipeline(
            route: Route(stages: stages, formation: formations), idleSince: now)
    }

    mutating func dissolve(_ group: GroupID) {
        pipelines[group.index] = nil
    }

    /// A step was planned: the order that takes it through the group's stages.
    mutating func begin(
        _ step: Step, records: [SequenceRecord], at now: Instant
    ) -> StepOrder {
        guard group(step.group) != nil, var pipeline = pipelines[step.group.index] else {
            preconditionFailure("a step of group \(step.group), which there is not")
        }
        if pipeline.stepsInFlight == 0 { pipeline.idle += now - pipeline.idleSince }
        pipeline.stepsInFlight += 1
        pipelines[step.group.index] = pipeline
        return StepOrder(
            step: step, records: records, route: pipeline.route, planned: now,
            groupIdle: pipeline.idle)
    }

    /// A step has left the pipeline.
    mutating func end(_ order: StepOrder, at now: Instant) {
        let index = order.step.group.index
        guard pipelines[index]?.route.formation == order.route.formation else { return }
        pipelines[index]?.stepsInFlight -= 1
        pipelines[index]?.idleSince = now
    }

    /// The stages of a group, if there is one with this id.
    func group(_ group: GroupID) -> [GroupStage]? {
        group.index < pipelines.count ? pipelines[group.index]?.route.stages : nil
    }
}
