internal import Domain
internal import Hummingbird
internal import NIOCore

/// Writes one answer as server-sent events: one write per event of the engine, from one buffer.
struct EventStream {
    private let plan: GenerationPlan
    private let format: AnswerFormat
    private let watchdog: WriteWatchdog
    private var session: GenerationSession
    private var events: GenerationFeed.Iterator
    private var sink: any ResponseBodyWriter
    private var output: [UInt8] = []
    /// Per choice, where its next token begins in its text.
    private var offsets: [Int]
    private var hasStarted: [Bool]

    init(
        answer: Answer, feed: GenerationFeed, sink: any ResponseBodyWriter,
        watchdog: WriteWatchdog
    ) {
        plan = answer.plan
        format = answer.format
        self.watchdog = watchdog
        self.sink = sink
        session = GenerationSession(plan: answer.plan, serving: answer.serving, feed: feed)
        events = feed.makeIterator()
        offsets = plan.requests.map { _ in 0 }
        hasStarted = plan.requests.map { _ in false }
        output.reserveCapacity(1024)
    }

    /// Writes everything from the event already read to the end. An error of the engine becomes
    /// the last event; an error here means that the client is gone.
    @concurrent mutating func run(after first: GenerationFeed.Element) async throws {
        do {
            writeRoles()
            try await take(first)
            while session.open > 0 {
                guard let element = await events.next() else {
                    throw Task.isCancelled
                        ? APIError.clientLeft : .engineFailed(GenerationFeed.brokenOff)
                }
                try await take(element)
            }
            if format.stream?.includeUsage == true {
                format.writeUsageChunk(session.usage, into: &output)
            }
        } catch let error as APIError where error != .clientLeft {
            AnswerFormat.writeErrorEvent(error, into: &output)
        }
        AnswerFormat.writeDone(into: &output)
        try await flush()
    }

    @concurrent private mutating func take(_ element: GenerationFeed.Element) async throws {
        let (choice, event) = element
        guard let delta = try session.absorb(event, choice: choice),
            !delta.isEmpty(showsTokens: format.showsTokens)
        else { return }
        let prompt = hasStarted[choice] ? nil : plan.prompt(of: choice).tokens
        hasStarted[choice] = true
        format.writeChunk(
            delta, choice: choice, prompt: prompt, offset: &offsets[choice],
            usage: session.usage, into: &output)
        if session.open > 0 { try await flush() }
    }

    private mutating func writeRoles() {
        guard format.kind == .chat else { return }
        for choice in plan.requests.indices {
            format.writeRoleChunk(
                choice, prompt: plan.prompt(of: choice).tokens, usage: session.usage,
                into: &output)
        }
    }

    @concurrent private mutating func flush() async throws {
        guard !output.isEmpty else { return }
        let buffer = ByteBuffer(bytes: output)
        output.removeAll(keepingCapacity: true)
        watchdog.writeBegins()
        defer { watchdog.writeEnds() }
        try await sink.write(buffer)
    }
}
