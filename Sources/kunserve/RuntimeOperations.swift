internal import Cluster
internal import Domain
internal import Gateway
internal import Inference
internal import Planning
internal import Runtime
internal import Scheduling
internal import Simulation

/// What operators may see and ask, carried to the runtime.
struct RuntimeOperations: ClusterOperations {
    let runtime: CellRuntime
    let costs: ClusterCosts

    /// Events of a simulation between two looks at whether anybody still waits for it.
    private static let slice = 10_000

    func snapshot() -> ClusterSnapshot { runtime.snapshot() }
    func events(after number: UInt64) -> [ClusterEvent] { runtime.events(after: number) }
    func command(_ command: OperatorCommand) async -> CommandOutcome { runtime.command(command) }

    /// Leads a copy of the live cell on in virtual time.
    @concurrent
    func whatIf(_ question: WhatIfQuestion) async throws -> WhatIfAnswer {
        let moment = runtime.moment
        let cluster = VirtualCluster(
            moment.cell, at: moment.now, outstanding: moment.outstanding, costs: costs)
        var projection = try Projection(question, in: cluster)
        while !projection.isOver {
            try Task.checkCancellation()
            projection.advance(events: Self.slice)
        }
        return projection.answer
    }
}

extension ClusterCosts {
    /// As measured by `kunserve profile`, or by arithmetic.
    init(_ engine: Engine, profile: CostProfile?) {
        var costs: FittedCosts
        let copyBytesPerSecond: Double
        if let profile {
            costs = FittedCosts(batch: profile.costs, layerCount: engine.model.layerCount)
            copyBytesPerSecond = profile.copyBytesPerSecond
        } else {
            let type = engine.executors[0].options.computeType
            let model = ModelArithmetic(engine.model, computeType: type)
            costs = FittedCosts(model)
            copyBytesPerSecond = model.copyBytesPerSecond
        }
        costs.headCost = engine.cell.headCost
        costs.embeddingCost = engine.cell.embeddingCost
        self.init(costs, copyBytesPerSecond: copyBytesPerSecond)
        instanceStart = engine.cell.autoscaling.assumedLoadTime
    }
}
