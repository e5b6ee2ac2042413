internal import Domain
internal import Synchronization

/// The events of all generations of one request as one sequence. It outlives the function that
/// looks at the first event, because the rest is read while the answer is written.
final class GenerationFeed: Sendable {
    typealias Element = (choice: Int, event: GenerationEvent)

    private let source: Mutex<Source>

    private enum Source {
        case closed
        /// Read directly: no hop and no task between engine and writer.
        case single(AsyncStream<GenerationEvent>)
        /// The tasks carry each generation's events over and are cancelled with the feed.
        case merged(AsyncStream<Element>, carriers: [Task<Void, Never>])
    }

    init(_ streams: [AsyncStream<GenerationEvent>]) {
        if streams.count == 1 {
            source = Mutex(.single(streams[0]))
        } else {
            let (merged, continuation) = AsyncStream<Element>.makeStream()
            let carriers = streams.enumerated().map { choice, stream in
                Task { await Self.carry(stream, choice, to: continuation) }
            }
            continuation.onTermination = { _ in for carrier in carriers { carrier.cancel() } }
            source = Mutex(.merged(merged, carriers: carriers))
        }
    }

    /// An engine that breaks off without a last event must not leave the others' reader waiting.
    private static func carry(
        _ stream: AsyncStream<GenerationEvent>, _ choice: Int,
        to continuation: AsyncStream<Element>.Continuation
    ) async {
        for await event in stream {
            continuation.yield((choice, event))
            switch event {
            case .finished, .rejected: return
            case .promptLogprobs, .tokens: continue
            }
        }
        let usage = GenerationUsage(promptTokens: 0, generatedTokens: 0, cachedTokens: 0)
        continuation.yield((choice, .finished(.failed(Self.brokenOff), usage)))
    }

    static let brokenOff = "The generation broke off."

    deinit { close() }

    /// Cancels what still runs.
    func close() {
        let old = source.withLock { source in
            defer { source = .closed }
            return source
        }
        if case .merged(_, let carriers) = old {
            for carrier in carriers { carrier.cancel() }
        }
    }

    /// Cancels one generation of several; the only one of a request ends with `close`.
    func drop(_ choice: Int) {
        source.withLock { source in
            if case .merged(_, let carriers) = source { carriers[choice].cancel() }
        }
    }

    /// Reads on where the last reader stopped; one reader at a time.
    func makeIterator() -> Iterator {
        source.withLock { source in
            switch source {
            case .closed: Iterator(source: .none)
            case .single(let stream): Iterator(source: .single(stream.makeAsyncIterator()))
            case .merged(let stream, _): Iterator(source: .merged(stream.makeAsyncIterator()))
            }
        }
    }

    struct Iterator {
        fileprivate var source: Source

        fileprivate enum Source {
            case none
            case single(AsyncStream<GenerationEvent>.Iterator)
            case merged(AsyncStream<Element>.Iterator)
        }

        /// `nil` when the generations are over or the task is cancelled.
        mutating func next() async -> Element? {
            switch source {
            case .none: return nil
            case .single(var iterator):
                let event = await iterator.next(isolation: #isolation)
                source = .single(iterator)
                return event.map { (0, $0) }
            case .merged(var iterator):
                let element = await iterator.next(isolation: #isolation)
                source = .merged(iterator)
                return element
            }
        }
    }
}
