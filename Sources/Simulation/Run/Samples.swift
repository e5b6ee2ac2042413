internal import Domain

/// How something was at equal distances of time: the state number k is that at `start` + k ·
/// `interval`. Of bounded size: when there are too many, every second one goes.
struct Samples<State: Sendable>: Sendable {
    private(set) var states: [State] = []
    private(set) var interval: Duration
    private let start: Instant
    private let limit: Int
    /// When the next one is due.
    private var next: Instant

    /// - Parameter limit: States to keep; at least 2.
    init(from start: Instant, every interval: Duration, limit: Int = .max) {
        precondition(interval > .zero && limit >= 2)
        self.interval = interval
        self.start = start
        self.limit = limit
        next = start
    }

    /// Whether one is due at `time` or before.
    func isDue(at time: Instant) -> Bool { next <= time }

    /// Adds those that are due up to `time`, at all of which the state was this.
    mutating func fill(upTo time: Instant, with state: @autoclosure () -> State) {
        guard isDue(at: time) else { return }
        let state = state()
        while next <= time {
            if states.count == limit { thin() }
            if next <= time { states.append(state) }
            next = start + interval * states.count
        }
    }

    private mutating func thin() {
        states = stride(from: 0, to: states.count, by: 2).map { states[$0] }
        interval *= 2
        next = start + interval * states.count
    }
}
