package import Domain
internal import Planning
package import Scheduling

/// The one state machine that decides everything: which group takes a request, what each group
/// runs next, who waits, who is preempted, who is turned away.
///
/// No I/O, no clock, no randomness: the same inputs give the same effects in any process. Three
/// kinds of unexpected input: a call that breaks the protocol with the shell is our bug and traps;
/// a request that asks for the impossible is rejected; cancelling what has already ended is legal
/// noise and only noted.
package struct Cell: Sendable {
    package let configuration: CellConfiguration
    package internal(set) var groups: [GroupScheduler]
    package internal(set) var table = SequenceTable()
    /// Requests that have a sequence. Looked up, never iterated.
    var sequences: [RequestID: SequenceID] = [:]
    /// By sequence slot: the group it belongs to.
    var groupOf: [GroupID] = []
    var dispatcher: Dispatcher
    var arrivals: UInt64 = 0
    var stepsPlanned: UInt32 = 0
    package internal(set) var isDraining = false
    /// Reused between calls.
    var schedulingEvents: [SchedulingEvent] = []
    var outcomes: [SequenceOutcome] = []

    package init(configuration: CellConfiguration) {
        precondition(!configuration.blockCounts.isEmpty)
        self.configuration = configuration
        dispatcher = Dispatcher(policy: configuration.dispatch)
        groups = configuration.blockCounts.enumerated().map { index, blockCount in
            GroupScheduler(
                group: GroupID(index: index), configuration: configuration.scheduler,
                blockCount: blockCount)
        }
    }

    /// Takes one input and appends what the shell must do.
    package mutating func handle(
        _ input: Input, at now: Instant, into effects: inout [Effect]
    ) {
        switch input {
        case .submitted(let request): submit(request, &effects)
        case .cancelled(let request, let reason): cancel(request, reason, &effects)
        case .stepFinished(let step, let sampled): finish(step, sampled, &effects)
        case .stepFailed(let step, let message): fail(step, message, &effects)
        case .drain: isDraining = true
        }
    }

    package var runningCount: Int { groups.reduce(0) { $0 + $1.running.count } }
    package var waitingCount: Int { groups.reduce(0) { $0 + $1.waitingCount } }
    package var isIdle: Bool { groups.allSatisfy(\.isIdle) }

    /// Share of all KV blocks that sequences hold.
    package var blockUsage: Double {
        let used = groups.reduce(0) { $0 + $1.pool.usedCount }
        let total = groups.reduce(0) { $0 + $1.pool.blockCount }
        return total == 0 ? 0 : Double(used) / Double(total)
    }
}
