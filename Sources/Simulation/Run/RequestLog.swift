internal import Cluster
internal import Domain

/// When each of a number of requests came how far. They are numbered from 0, and their ids follow
/// one another from `firstID`; all other requests are somebody else's. Nothing is kept per token.
struct RequestLog: Sendable {
    let firstID: RequestID
    /// By number.
    private(set) var requests: [SimulatedRequest] = []
    /// By sequence slot: whose it is now.
    private var owners: [Int?] = []
    /// Between two tokens of one request, of all of them.
    private(set) var gaps = DurationHistogram()
    /// Of all requests, by second of the run.
    private(set) var tokensPerSecond: [Int] = []
    private(set) var endedCount = 0
    private let start: Instant

    init(firstID: RequestID, start: Instant) {
        self.firstID = firstID
        self.start = start
    }

    /// The id of the next request.
    var nextID: RequestID { RequestID(firstID.rawValue + UInt64(requests.count)) }

    /// The next request comes.
    mutating func submit(at now: Instant) { requests.append(SimulatedRequest(submitted: now)) }

    mutating func note(_ effect: Effect, at now: Instant) {
        switch effect {
        case .accepted(let request, let sequence):
            while owners.count <= sequence.index { owners.append(nil) }
            owners[sequence.index] = number(of: request)
        case .rejected(let request, _):
            if let number = number(of: request) { end(number, .rejected, at: now) }
        case .started(let sequence, let cachedTokens):
            guard let number = owner(of: sequence), requests[number].started == nil else { return }
            requests[number].started = now
            requests[number].cachedTokens = cachedTokens
        case .emit(let sequence, _):
            if let number = owner(of: sequence) { addToken(to: number, at: now) }
        case .finished(let sequence, let reason, _):
            if let number = owner(of: sequence) { end(number, reason.outcome, at: now) }
        case .released(let sequence):
            if sequence.index < owners.count { owners[sequence.index] = nil }
        case .note(.preempted(let sequence, _)), .note(.swappedOut(let sequence, _)):
            if let number = owner(of: sequence) { requests[number].preemptions += 1 }
        default: break
        }
    }

    private func number(of request: RequestID) -> Int? {
        guard request >= firstID else { return nil }
        let number = request.rawValue - firstID.rawValue
        return number < UInt64(requests.count) ? Int(number) : nil
    }

    private func owner(of sequence: SequenceID) -> Int? {
        sequence.index < owners.count ? owners[sequence.index] : nil
    }

    private mutating func addToken(to number: Int, at now: Instant) {
        if let last = requests[number].addToken(at: now) {
            gaps.add(nanoseconds: now.nanoseconds - last.nanoseconds)
        }
        let second = Int((now.nanoseconds - start.nanoseconds) / 1_000_000_000)
        while tokensPerSecond.count <= second { tokensPerSecond.append(0) }
        tokensPerSecond[second] += 1
    }

    private mutating func end(
        _ number: Int, _ outcome: SimulatedRequest.Outcome, at now: Instant
    ) {
        requests[number].ended = now
        requests[number].outcome = outcome
        endedCount += 1
    }
}

extension FinishReason {
    fileprivate var outcome: SimulatedRequest.Outcome {
        switch self {
        case .stopToken, .stopString, .length: .completed
        case .aborted, .failed: .failed
        }
    }
}
