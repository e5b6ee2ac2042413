internal import Domain
internal import Gateway
internal import Synchronization

/// A backend that plays a script for each request and tells what became of it.
final class ScriptedBackend: CompletionBackend {
    typealias Script = @Sendable (GenerationRequest) -> [Act]

    enum Act: Sendable {
        case emit(GenerationEvent)
        /// Leaves the stream open; it ends only by cancellation.
        case hold
    }

    enum Note: Hashable, Sendable {
        case started(RequestID)
        case cancelled(RequestID)
        case stopString(RequestID)
    }

    let model: ServedModel
    /// What happened, in order.
    let notes: AsyncStream<Note>
    private let note: AsyncStream<Note>.Continuation
    private let script: Script
    fileprivate let shared = Mutex(Shared())

    fileprivate struct Shared {
        var nextID: UInt64 = 0
        var requests: [GenerationRequest] = []
        var state = BackendState(phase: .ready)
        /// Keeps held streams from ending.
        var held: [AsyncStream<GenerationEvent>.Continuation] = []
    }

    init(model: ServedModel = .test, script: @escaping Script = { _ in ScriptedBackend.say("Hi") })
    {
        self.model = model
        self.script = script
        (notes, note) = AsyncStream.makeStream()
    }

    var state: BackendState {
        get { shared.withLock { $0.state } }
        set { shared.withLock { $0.state = newValue } }
    }

    var requests: [GenerationRequest] { shared.withLock { $0.requests } }

    func nextRequestID() -> RequestID {
        shared.withLock { shared in
            shared.nextID += 1
            return RequestID(shared.nextID)
        }
    }

    func stopStringFound(in request: RequestID) { note.yield(.stopString(request)) }

    func generate(_ request: GenerationRequest) -> AsyncStream<GenerationEvent> {
        shared.withLock { $0.requests.append(request) }
        let (stream, continuation) = AsyncStream<GenerationEvent>.makeStream()
        continuation.onTermination = { [note] reason in
            if case .cancelled = reason { note.yield(.cancelled(request.id)) }
        }
        note.yield(.started(request.id))
        for act in script(request) {
            switch act {
            case .emit(let event): continuation.yield(event)
            case .hold:
                shared.withLock { $0.held.append(continuation) }
                return stream
            }
        }
        continuation.finish()
        return stream
    }
}

extension ScriptedBackend {
    /// Each byte of `text` as one step with one token, then the end.
    static func say(_ text: String, reason: FinishReason = .length) -> [Act] {
        let tokens = text.utf8.map { SampledToken(token: TokenID(UInt32($0))) }
        return say(steps: tokens.map { [$0] }, reason: reason)
    }

    static func say(steps: [[SampledToken]], reason: FinishReason = .length) -> [Act] {
        let count = steps.reduce(0) { $0 + $1.count }
        let usage = GenerationUsage(promptTokens: 0, generatedTokens: count, cachedTokens: 0)
        return steps.map { .emit(.tokens($0)) } + [.emit(.finished(reason, usage))]
    }

    /// Ends all held streams.
    func release(_ reason: FinishReason) {
        let usage = GenerationUsage(promptTokens: 0, generatedTokens: 0, cachedTokens: 0)
        let held = shared.withLock { shared in
            defer { shared.held = [] }
            return shared.held
        }
        for continuation in held {
            continuation.yield(.finished(reason, usage))
            continuation.finish()
        }
    }

    /// Waits for a note; the order before it does not matter.
    func wait(for wanted: Note) async {
        for await note in notes where note == wanted { return }
    }
}

extension ServedModel {
    /// Bytes as tokens.
    static var test: ServedModel {
        var model = ServedModel(
            names: ["demo", "org/demo"], created: 1_700_000_000, maxModelLength: 4096,
            vocabularySize: 256, blockSize: 16, fingerprint: "fp_test")
        model.endOfSequence = [0]
        model.templateTokens = ["bos_token": "<s>", "eos_token": "</s>"]
        return model
    }
}
