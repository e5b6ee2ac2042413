internal import Domain

/// What a sequence was promised, and when it was last heard of.
struct SequenceService: Sendable {
    let objective: ServiceLevelObjective
    let arrived: Instant
    var lastToken: Instant?

    /// A request without an objective is looked after as its class is by default.
    init(_ request: GenerationRequest, at now: Instant) {
        objective = request.objective ?? ServiceLevelObjective(request.serviceClass)
        arrived = now
    }

    var deadline: Instant { objective.deadline(arrival: arrived) }
}
