internal import Cluster
package import Domain
internal import Planning
internal import Scheduling

/// What would become of imagined requests: a virtual cluster runs ahead of the live one.
///
/// It looks until every request has ended and the cell is whole again, or to the question's
/// horizon. `advance` may be called in as many pieces as the caller likes; the answer is the same.
package struct Projection: Sendable {
    package private(set) var cluster: VirtualCluster
    package let limits: Limits
    /// In order of time.
    private let arrivals: [WhatIfQuestion.Arrival]
    private let prompts: SyntheticPrompts
    let start: Instant
    /// Nothing after it is looked at, and whether the question asks for that.
    let end: Instant
    let hasHorizon: Bool

    var log = RequestLog(firstID: RequestID(1 << 63))
    var timeline = Timeline()
    var decisions: [WhatIfAnswer.Event] = []
    var peakDemand: BlockCount = 0
    /// Events so far; large steps count as several.
    package private(set) var eventCount = 0
    /// Why it is over.
    package private(set) var ending: Ending?

    package enum Ending: Hashable, Sendable {
        /// Everything has ended, and the cell asks for nothing more.
        case settled
        case horizon
        /// It took more events than it may.
        case tooManyEvents
        /// Work is left, or the horizon further than may be looked.
        case tooLong
        /// Nothing has happened for so long that nothing will.
        case idle
    }

    /// What any question may cost.
    package struct Limits: Hashable, Sendable {
        package var maxArrivals = 20_000
        /// Of all arrivals, to read and to generate.
        package var maxTokens: TokenCount = 20_000_000
        /// A step counts as one more for each 256 of its tokens and blocks.
        package var maxEvents = 4_000_000
        /// How far to look, and how late an arrival may be.
        package var longest = Duration.seconds(2 * 86_400)
        /// How long to wait for a restore when nothing else is left. The longest hold before one
        /// is two minutes by default.
        package var patience = Duration.seconds(300)
        /// Decisions in the answer.
        package var maxDecisions = 1000

        package init() {}
    }

    /// - Parameter cluster: at the present moment.
    /// - Throws: For a question beyond the limits.
    package init(
        _ question: WhatIfQuestion, in cluster: VirtualCluster, limits: Limits = Limits()
    ) throws(WhatIfRefusal) {
        let configuration = cluster.cell.configuration
        try Self.check(question, configuration.scheduler.maxModelLength, limits)
        self.cluster = cluster
        self.limits = limits
        arrivals = question.arrivals.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
        prompts = SyntheticPrompts(vocabularySize: configuration.vocabularySize)
        start = cluster.now
        hasHorizon = question.horizon != nil
        end = start + (question.horizon ?? limits.longest)
    }

    private static func check(
        _ question: WhatIfQuestion, _ maxLength: TokenCount, _ limits: Limits
    ) throws(WhatIfRefusal) {
        guard question.arrivals.count <= limits.maxArrivals else {
            throw WhatIfRefusal(
                reason: "\(question.arrivals.count) arrivals are more than \(limits.maxArrivals)")
        }
        let tokens = question.arrivals.reduce(0) {
            $0 + min(max(0, $1.inputTokens), maxLength) + min(max(0, $1.outputTokens), maxLength)
        }
        guard tokens <= limits.maxTokens else {
            throw WhatIfRefusal(reason: "\(tokens) tokens are more than \(limits.maxTokens)")
        }
        let span = Duration.zero...limits.longest
        let late = question.arrivals.first { !span.contains($0.time) }
        if let time = late?.time ?? question.horizon.flatMap({ span.contains($0) ? nil : $0 }) {
            throw WhatIfRefusal(
                reason: "\(time) from now is out of reach: at most \(limits.longest) can be seen")
        }
    }
}

// MARK: - Running

extension Projection {
    package var isOver: Bool { ending != nil }

    /// Runs so many events, or to the end.
    package mutating func advance(events: Int) {
        let stop = eventCount + min(max(1, events), limits.maxEvents + 1)
        while ending == nil, eventCount < stop { advance() }
    }

    private var nextArrival: Int? { log.times.count < arrivals.count ? log.times.count : nil }

    private mutating func advance() {
        let arrival = nextArrival.map { start + arrivals[$0].time }
        let event = cluster.nextTime
        guard let time = [arrival, event].compactMap({ $0 }).min() else {
            ending = .settled
            return
        }
        if let reason = reasonToEnd(before: time) {
            ending = reason
            return
        }
        timeline.fill(upTo: time - start, with: cluster.cell)
        if let number = nextArrival, time == arrival {
            submit(number, at: time)
        } else {
            cluster.advance()
        }
        observe()
    }

    private func reasonToEnd(before time: Instant) -> Ending? {
        if time > end { return hasHorizon ? .horizon : .tooLong }
        if eventCount >= limits.maxEvents { return .tooManyEvents }
        guard nextArrival == nil else { return nil }
        let willRestore = cluster.cell.configuration.overload.isRestoreEnabled
        let isDone = cluster.cell.isIdle && !willRestore && time > cluster.lastWork
        return isDone || time - cluster.lastWork > limits.patience ? .idle : nil
    }

    /// A prompt that cannot be served is not made in full: it is turned away for its length.
    private mutating func submit(_ number: Int, at time: Instant) {
        let arrival = arrivals[number]
        let limit = cluster.cell.configuration.scheduler.maxModelLength
        let request = GenerationRequest(
            id: log.nextID,
            prompt: prompts.prompt(number, count: min(arrival.inputTokens, limit)),
            sampling: SamplingParameters(),
            stop: StopConditions(maxTokens: max(1, arrival.outputTokens)))
        log.submit(at: time)
        cluster.send(.submitted(request), at: time)
    }

    private mutating func observe() {
        eventCount += 1
        let now = cluster.now
        for effect in cluster.effects {
            log.note(effect, at: now)
            if case .runStep(let step) = effect {
                eventCount += (step.tokens.count + step.blocks.count) / 256
            }
            if decisions.count < limits.maxDecisions,
                let event = effect.prediction(in: cluster.cell, after: now - start)
            {
                decisions.append(event)
            }
        }
        peakDemand = max(peakDemand, cluster.cell.demand)
    }
}
