internal import Benchmarking
internal import Domain
internal import Simulation

// A simulated run in the form of a measured one.

extension RunRecord {
    /// - Parameter policy: the overload policy by its name.
    init(_ result: SimulationResult, policy: String) {
        let gaps = result.gaps.quantiles(10_001).map { $0.seconds * 1e3 }
        self.init(
            requests: result.requests.indices.map { RequestRecord(result, $0) },
            notSent: result.arrivals.count - result.requests.count,
            duration: result.duration + result.requestOverhead,
            samples: result.samples.enumerated().map { place, state in
                ClusterSample(state, at: .zero + result.sampleInterval * place, policy)
            },
            events: result.decisions.enumerated().map { place, decision in
                LoggedEvent(
                    number: place + 1, time: .zero + decision.time, kind: decision.kind,
                    message: decision.message)
            })
        withoutChunks = WithoutChunks(
            tokensPerSecond: result.tokensPerSecond, gaps: Distribution(gaps))
    }
}

extension RequestRecord {
    /// One request as a client sees it: first and last token, and none between them.
    fileprivate init(_ result: SimulationResult, _ number: Int) {
        let request = result.requests[number]
        self.init(
            index: number, scheduled: request.submitted, origin: request.submitted,
            taken: request.submitted, inputTokens: result.arrivals[number].inputTokens)
        sent = request.submitted
        outputTokens = request.outputTokens
        chunks = request.firstToken.map { [$0 + result.requestOverhead] } ?? []
        last = request.lastToken.map { $0 + result.requestOverhead }
        ended = request.ended.map { $0 + result.requestOverhead } ?? .zero + result.duration
        outcome =
            switch request.outcome {
            case .completed: .completed
            case .rejected: .rejected(status: 503)
            case .failed: .failed(.serverError, message: "ended by a failure of the cluster")
            case .unfinished: .timedOut(.run)
            }
    }
}

extension ClusterSample {
    fileprivate init(_ state: ClusterState, at time: Instant, _ policy: String) {
        self.init(
            time: time, policy: policy, running: state.running, waiting: state.waiting,
            instances: state.instances.enumerated().map { id, instance in
                Instance(
                    id: id, phase: instance.phase.rawValue, layers: instance.layers,
                    weights: instance.weights, used: instance.used, cached: instance.cached,
                    free: instance.free, other: instance.other)
            },
            groups: state.groups.map { group in
                Group(
                    id: group.id.index, members: group.stages.map(\.instance.index),
                    running: group.running, waiting: group.waiting, stalled: group.stalled)
            })
    }
}
