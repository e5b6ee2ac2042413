internal import Domain
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Does many things at once, so many at a time, and keeps their results in order.
struct SimulationPool: Sendable {
    let workers: Int
    /// People see how far it is.
    let isShown: Bool

    static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The results of `body` for the numbers below `count`.
    ///
    /// - Parameter body: Calls its second argument with the share that is done.
    func run<Outcome: Sendable>(
        _ count: Int,
        _ body: @escaping @Sendable (Int, (Double) -> Void) throws -> Outcome
    ) async throws -> [Outcome] {
        let meter = ProgressMeter(count, isShown: isShown)
        return try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            var outcomes: [Outcome?] = Array(repeating: nil, count: count)
            var next = 0
            func start() {
                let number = next
                next += 1
                group.addTask {
                    let outcome = try body(number) { meter.show($0, of: number) }
                    meter.show(1, of: number)
                    return (number, outcome)
                }
            }
            while next < min(workers, count) { start() }
            while let (number, outcome) = try await group.next() {
                outcomes[number] = outcome
                if next < count { start() }
            }
            return outcomes.compactMap { $0 }
        }
    }
}

/// Adds up how far several things are.
private final class ProgressMeter: Sendable {
    private struct State {
        var shares: [Double]
        var sum = 0.0
        var doneCount = 0
        var bar = ProgressBar(label: "simulating")
    }

    private let state: Mutex<State>
    private let isShown: Bool

    init(_ count: Int, isShown: Bool) {
        state = Mutex(State(shares: Array(repeating: 0, count: count)))
        self.isShown = isShown
    }

    func show(_ share: Double, of number: Int) {
        guard isShown else { return }
        state.withLock { state in
            if share == 1, state.shares[number] < 1 { state.doneCount += 1 }
            state.sum += share - state.shares[number]
            state.shares[number] = share
            let total = state.shares.count * 1000
            let isOver = state.doneCount == state.shares.count
            state.bar.show(isOver ? total : min(total - 1, Int(state.sum * 1000)), of: total)
        }
    }
}
