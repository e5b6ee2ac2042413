internal import Domain
internal import Hummingbird
internal import NIOCore

/// One request on its way: runs its generations and writes the answer, in one piece or as a
/// stream. Everything under way ends when the client leaves.
struct Answer: Sendable {
    let serving: Serving
    let plan: GenerationPlan
    let format: AnswerFormat
    /// Held until the answer is written.
    let pass: DrainGate.Pass

    private func start() -> GenerationFeed {
        GenerationFeed(plan.requests.map { serving.backend.generate($0) })
    }

    /// The answer in one piece.
    func whole(_ lifetime: ConnectionLifetime) async throws -> Response {
        let feed = start()
        let bytes = try await lifetime.cancellingAtEnd { try await collect(feed) }
        return .json(bytes)
    }

    private func collect(_ feed: GenerationFeed) async throws -> [UInt8] {
        var session = GenerationSession(plan: plan, serving: serving, feed: feed)
        var choices = plan.requests.map { _ in WholeChoice() }
        var events = feed.makeIterator()
        while session.open > 0 {
            let (choice, event) = try await next(&events)
            if let delta = try session.absorb(event, choice: choice) {
                choices[choice].append(delta)
            }
        }
        var output: [UInt8] = []
        format.writeWhole(choices, plan: plan, usage: session.usage, into: &output)
        return output
    }

    private func next(
        _ events: inout GenerationFeed.Iterator
    ) async throws(APIError) -> GenerationFeed.Element {
        if let element = await events.next() { return element }
        throw Task.isCancelled ? .clientLeft : .engineFailed(GenerationFeed.brokenOff)
    }
}

extension Answer {
    /// The answer as server-sent events. The first event is awaited before the head is written,
    /// so that a request that is turned away gets its proper status.
    func streamed(_ lifetime: ConnectionLifetime) async throws -> Response {
        let feed = start()
        let first = try await lifetime.cancellingAtEnd {
            var events = feed.makeIterator()
            let first = try await next(&events)
            if case .rejected(let reason) = first.event {
                throw APIError(
                    reason, param: plan.promptField, running: serving.backend.state.running)
            }
            if case .finished(.failed(let message), _) = first.event {
                throw APIError.engineFailed(message)
            }
            return first
        }
        return Response(
            status: .ok,
            headers: .eventStream, body: body(feed, first: first, lifetime))
    }

    private func body(
        _ feed: GenerationFeed, first: GenerationFeed.Element, _ lifetime: ConnectionLifetime
    ) -> ResponseBody {
        ResponseBody { writer in
            nonisolated(unsafe) let sink = writer
            let watchdog = WriteWatchdog(timeout: serving.limits.writeTimeout)
            // The child task is the only user of the writer until it has ended.
            try await lifetime.cancellingAtEnd(watchedBy: watchdog) {
                var stream = EventStream(
                    answer: self, feed: feed, sink: sink, watchdog: watchdog)
                try await stream.run(after: first)
            }
            try await writer.finish(nil)
        }
    }
}
