internal import Cluster
internal import Domain

/// When each of a number of requests came how far. They are numbered from 0, and their ids follow
/// one another from `firstID`; all other requests are somebody else's.
struct RequestLog: Sendable {
    struct Times: Hashable, Sendable {
        var submitted: Instant
        /// Its first step began.
        var started: Instant?
        var firstToken: Instant?
        var ended: Instant?
        var isRejected = false
    }

    let firstID: RequestID
    /// By number.
    private(set) var times: [Times] = []
    /// By sequence slot: whose it is now.
    private var owners: [Int?] = []

    init(firstID: RequestID) { self.firstID = firstID }

    /// The id of the next request.
    var nextID: RequestID { RequestID(firstID.rawValue + UInt64(times.count)) }

    /// The next request comes.
    mutating func submit(at now: Instant) { times.append(Times(submitted: now)) }

    mutating func note(_ effect: Effect, at now: Instant) {
        switch effect {
        case .accepted(let request, let sequence):
            while owners.count <= sequence.index { owners.append(nil) }
            owners[sequence.index] = number(of: request)
        case .rejected(let request, _):
            if let number = number(of: request) { times[number].isRejected = true }
        case .started(let sequence, _):
            change(sequence) { $0.started = now }
        case .emit(let sequence, _):
            change(sequence) { $0.firstToken = $0.firstToken ?? now }
        case .finished(let sequence, _, _):
            change(sequence) { $0.ended = now }
        case .released(let sequence):
            if sequence.index < owners.count { owners[sequence.index] = nil }
        default: break
        }
    }

    private func number(of request: RequestID) -> Int? {
        guard request >= firstID else { return nil }
        let number = request.rawValue - firstID.rawValue
        return number < UInt64(times.count) ? Int(number) : nil
    }

    private mutating func change(_ sequence: SequenceID, _ change: (inout Times) -> Void) {
        guard sequence.index < owners.count, let number = owners[sequence.index] else { return }
        change(&times[number])
    }
}
