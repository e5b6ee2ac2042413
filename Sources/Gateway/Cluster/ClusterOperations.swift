package import Domain

/// What operators may see of the cell and ask of it. All calls may come from any thread.
package protocol ClusterOperations: Sendable {
    /// The present state. Called twice a second for each open dashboard: cheap, never blocking for
    /// longer than a step's bookkeeping.
    func snapshot() -> ClusterSnapshot

    /// The entries of the event log after `number`, in order, as far back as the log is kept; all
    /// of them for 0. The log is bounded.
    func events(after number: UInt64) -> [ClusterEvent]

    /// Carries out a command, or says why not. Returns as soon as that is known, not when the
    /// command is done. The instance of a command may be unknown.
    func command(_ command: OperatorCommand) async -> CommandOutcome

    /// Simulates `question` from the present state. Nothing of the live cell changes.
    ///
    /// The task is cancelled when the client leaves or after `GatewayLimits.whatIfTimeout`; an
    /// implementation looks at `Task.isCancelled` now and then and throws.
    ///
    /// - Throws: `WhatIfRefusal` for a question that cannot be answered now; anything else is an
    ///   internal error.
    func whatIf(_ question: WhatIfQuestion) async throws -> WhatIfAnswer
}
