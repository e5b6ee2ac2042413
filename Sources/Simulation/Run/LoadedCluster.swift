internal import Cluster
internal import Domain
internal import Planning
internal import Scheduling

/// A virtual cluster and the requests that come to it, brought together in the order of time: what
/// a projection and a simulation have in common.
///
///     while let time = loaded.next() {
///         // Up to this moment nothing changes.
///         loaded.happen(at: time)
///         // `loaded.cluster.effects` is what came of it.
///     }
struct LoadedCluster: Sendable {
    private(set) var cluster: VirtualCluster
    /// In order of time.
    let arrivals: [SimulatedArrival]
    private let prompts: SyntheticPrompts
    let start: Instant
    /// Nothing after it is looked at, and whether somebody asked for that.
    let end: Instant
    let hasHorizon: Bool
    let limits: RunLimits

    private(set) var log: RequestLog
    /// What the cell decided, and how many decisions there was no room for.
    private(set) var decisions: [WhatIfAnswer.Event] = []
    private(set) var forgottenDecisions = 0
    /// Events so far; large steps count as several.
    private(set) var eventCount = 0
    private(set) var ending: RunEnding?
    private var nextArrival: Instant?

    /// - Parameters:
    ///   - cluster: At the moment from which arrivals count.
    ///   - arrivals: In order of time.
    ///   - firstID: Of the requests; above all that the cell knows.
    ///   - horizon: `nil` to go on until every request has ended and the cell is whole again.
    init(
        _ cluster: VirtualCluster, arrivals: [SimulatedArrival], firstID: RequestID,
        horizon: Duration?, limits: RunLimits
    ) {
        self.cluster = cluster
        self.arrivals = arrivals
        self.limits = limits
        prompts = SyntheticPrompts(vocabularySize: cluster.cell.configuration.vocabularySize)
        start = cluster.now
        hasHorizon = horizon != nil
        end = start + (horizon ?? limits.longest)
        log = RequestLog(firstID: firstID, start: start)
        findNextArrival()
    }

    private mutating func findNextArrival() {
        let number = log.requests.count
        nextArrival = number < arrivals.count ? start + arrivals[number].time : nil
    }

    /// When the next thing happens; `nil` when it is over, for the reason in `ending`.
    mutating func next() -> Instant? {
        guard ending == nil else { return nil }
        // What only goes wrong when all is over is of no interest.
        let isSettled = nextArrival == nil && cluster.isQuiet
        guard !isSettled, let time = nextTime() else {
            ending = .settled
            return nil
        }
        ending = reasonToEnd(before: time)
        return ending == nil ? time : nil
    }

    /// Like the next, it changes nothing and is mutating because only that is called in place:
    /// anything else might get a copy of the cluster.
    private mutating func nextTime() -> Instant? {
        guard let event = cluster.nextTime else { return nextArrival }
        return nextArrival.map { min($0, event) } ?? event
    }

    private mutating func reasonToEnd(before time: Instant) -> RunEnding? {
        if time > end { return hasHorizon ? .horizon : .tooLong }
        if eventCount >= limits.maxEvents { return .tooManyEvents }
        guard nextArrival == nil else { return nil }
        let willRestore = cluster.cell.configuration.overload.isRestoreEnabled
        if !willRestore, time > cluster.lastWork, cluster.cell.isIdle { return .idle }
        return time - cluster.lastWork > limits.patience ? .idle : nil
    }

    /// Lets what `next` announced happen: a request comes, or else the cluster's next event.
    ///
    /// - Parameter body: hears of each effect, in order.
    mutating func happen(at time: Instant, _ body: (Effect) -> Void = { _ in }) {
        if time == nextArrival {
            submit(at: time)
        } else {
            cluster.advance()
        }
        eventCount += 1
        // A span lends its elements, where an array would copy each.
        let held = cluster.effects
        let effects = held.span
        for index in effects.indices {
            let effect = effects[index]
            note(effect)
            body(effect)
        }
    }

    /// Looks at all of the cell's books; what is wrong is among the checker's failures.
    mutating func check() { cluster.check() }

    /// A prompt that cannot be served is not made in full: it is turned away for its length.
    private mutating func submit(at time: Instant) {
        let number = log.requests.count
        let arrival = arrivals[number]
        let limit = cluster.cell.configuration.scheduler.maxModelLength
        let request = GenerationRequest(
            id: log.nextID,
            prompt: prompts.prompt(
                number, count: min(arrival.inputTokens, limit), prefix: arrival.prefix),
            sampling: SamplingParameters(),
            stop: StopConditions(maxTokens: max(1, arrival.outputTokens)),
            priority: arrival.priority, objective: arrival.serviceClass?.objective)
        log.submit(at: time)
        findNextArrival()
        cluster.send(.submitted(request), at: time)
    }

    private mutating func note(_ effect: Effect) {
        log.note(effect, at: cluster.now)
        switch effect {
        case .runStep(let step):
            eventCount += (step.tokenCount + step.blockCount) / 256
        case .note, .requestInstances: noteDecision(effect)
        default: break
        }
    }

    private mutating func noteDecision(_ effect: Effect) {
        guard let event = effect.prediction(in: cluster.cell, at: cluster.now - start) else {
            return
        }
        if decisions.count < limits.maxDecisions {
            decisions.append(event)
        } else {
            forgottenDecisions += 1
        }
    }
}
