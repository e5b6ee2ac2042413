internal import Domain
internal import Synchronization

/// What the copies of one transfer have in common: it ends with the last of them, and fails with
/// any of them.
final class TransferProgress: Sendable {
    private struct State {
        var copiesLeft: Int
        var failure: String?
    }

    private let transfer: TransferID
    private let state: Mutex<State>

    init(_ transfer: TransferID, copies: Int) {
        self.transfer = transfer
        state = Mutex(State(copiesLeft: copies))
    }

    /// Once a copy has failed the others need not go on.
    var hasFailed: Bool { state.withLock { $0.failure != nil } }

    /// A copy is at its end and touches no byte any more; what to report after the last one.
    func end(failure: String?) -> Report? {
        state.withLock { state in
            state.failure = state.failure ?? failure
            state.copiesLeft -= 1
            return state.copiesLeft == 0
                ? .transferFinished(transfer, failure: state.failure) : nil
        }
    }
}
