import Domain
import Synchronization
import TestSupport

/// What is done to a cell, and after how many tokens of all requests together.
final class ChaosSchedule: Sendable {
    enum Action: Hashable, Sendable {
        /// Request number so and so is sent.
        case submit(Int)
        /// It is cancelled, or its stream is let go of.
        case cancel(Int), leave(Int)
        case drop, restore
        /// The instance gets nothing new.
        case drain(Int)
        /// So many instances are ordered, or the instance goes.
        case add(Int), remove(Int)
    }

    private struct State {
        /// By the number of tokens, ascending.
        var actions: [(after: Int, action: Action)]
        var tokens = 0
        var active = 0
    }

    private let state: Mutex<State>

    init(requests: Int, seed: Int) {
        var random = SplitMix64(seed: seed &+ 7)
        let span = requests * 16
        var actions: [(after: Int, action: Action)] = (0..<requests).map { index in
            let isFirst = index < 3 || Bool.random(using: &random)
            return (isFirst ? 0 : .random(in: 0..<span, using: &random), .submit(index))
        }
        for index in 0..<requests {
            let after = Int.random(in: 1..<span, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: actions.append((after, .cancel(index)))
            case 1: actions.append((after, .leave(index)))
            default: break
            }
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let after = Int.random(in: 0..<span, using: &random)
            actions.append((after, Bool.random(using: &random) ? .drop : .restore))
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            actions.append((.random(in: 0..<span, using: &random), .drain(0)))
        }
        actions += Self.scaling(span: span, seed: seed)
        let order = actions.indices.sorted {
            (actions[$0].after, $0) < (actions[$1].after, $1)
        }
        state = Mutex(State(actions: order.map { actions[$0] }))
    }

    /// Instances come and go in every second run.
    private static func scaling(span: Int, seed: Int) -> [(after: Int, action: Action)] {
        var random = SplitMix64(seed: seed &+ 11)
        guard Bool.random(using: &random) else { return [] }
        return (0..<Int.random(in: 1...5, using: &random)).map { _ in
            let after = Int.random(in: 0..<span, using: &random)
            guard Bool.random(using: &random) else {
                return (after, .remove(.random(in: 0..<4, using: &random)))
            }
            return (after, .add(.random(in: 1...2, using: &random)))
        }
    }

    /// Tokens have come: what is due now.
    func advance(tokens: Int) -> [Action] {
        state.withLock { state in
            state.tokens += tokens
            return Self.takeDue(&state)
        }
    }

    /// A request has come to its end: what is due now. When none is under way, time passes.
    func end() -> [Action] {
        state.withLock { state in
            state.active -= 1
            return Self.takeDue(&state)
        }
    }

    private static func takeDue(_ state: inout State) -> [Action] {
        var due: [Action] = []
        while let next = state.actions.first, next.after <= state.tokens || state.active == 0 {
            state.tokens = max(state.tokens, next.after)
            state.actions.removeFirst()
            due.append(next.action)
            if case .submit = next.action { state.active += 1 }
        }
        return due
    }
}
