package import Cluster
package import Domain
internal import Scheduling

/// Watches a cell from outside and says what must not be.
///
/// It sees inputs and effects and keeps books of its own: who has been answered what, which step
/// and copy uses which block, which pages each instance has. It takes nothing from the cell but
/// what it compares with them. A violation is a value in `failures`; only `Cell.checkInvariants`,
/// which `check` calls, traps.
package struct CellChecker: Sendable {
    package let level: CheckLevel
    /// How long a sequence may wait at the head of its group's queue while there is room for it.
    package var patience: Duration
    /// The first of them, in order.
    package private(set) var failures: [CheckFailure] = []
    /// Violations that there was no room for.
    package private(set) var forgottenCount = 0

    let limits: Limits
    /// Requests that have not been answered. Looked up, never iterated.
    var requests: [RequestID: GenerationRequest] = [:]
    /// By slot: sequences that have not been released.
    var sequences: [WatchedSequence?] = []
    var sequenceCount = 0
    /// By id.
    var groups: [[GroupStage]?]
    /// By instance.
    var instances: [WatchedInstance]
    let shapes: [InstanceMemoryShape]
    var host = BlockUse()
    /// Steps that run, in order of planning. Few do at once in each group.
    var steps: [WatchedStep] = []
    /// What the cell waits for. Looked up, never iterated.
    var transfers: [TransferID: Transfer] = [:]
    var changesUnderWay = 0
    var loadsUnderWay = 0
    var startsUnderWay = 0
    var isAlarmSet = true
    /// By group: the first in its queue, and since when there has been room for it.
    var heads: [WaitingHead?] = []
    var now = Instant.zero

    /// What the cell has been configured with.
    struct Limits: Sendable {
        let blockSize: TokenCount
        let maxModelLength: TokenCount
        let layerCount: Int
    }

    /// - Parameters:
    ///   - cell: Before its first input.
    ///   - patience: Longer than any fault that keeps a group from working.
    package init(
        _ cell: Cell, level: CheckLevel = .everyEvent, patience: Duration = .seconds(60)
    ) {
        self.level = level
        self.patience = patience
        let configuration = cell.configuration
        limits = Limits(
            blockSize: configuration.scheduler.blockSize,
            maxModelLength: configuration.scheduler.maxModelLength,
            layerCount: cell.memories[0].shape.layerCount)
        shapes = configuration.instances
        instances = shapes.indices.map { index in
            let isPresent = cell.roster.isPresent(InstanceID(index: index))
            return WatchedInstance(configuration.instances[index], isPresent: isPresent)
        }
        groups = []
        for id in cell.groups.ids {
            while groups.count <= id.index { groups.append(nil) }
            groups[id.index] = cell.groups[id].stages
        }
    }

    /// Requests that have come and not ended.
    package var openCount: Int { requests.count + sequences.count { $0?.isFinished == false } }

    private static let mostFailures = 20

    mutating func fail(_ rule: CheckFailure.Rule, _ text: @autoclosure () -> String) {
        guard failures.count < Self.mostFailures else {
            forgottenCount += 1
            return
        }
        failures.append(CheckFailure(time: now, rule: rule, text: text()))
    }

    /// Takes an input and what came of it, before anything of that is carried out.
    package mutating func watch(
        _ input: Input, _ effects: ArraySlice<Effect>, of cell: Cell, at now: Instant
    ) {
        self.now = now
        take(input)
        for effect in effects { take(effect) }
    }

    /// Compares all books. Complexity: that of `Cell.checkInvariants`, O(blocks + sequences), and
    /// O(instances × units).
    package mutating func check(_ cell: Cell, at now: Instant) {
        self.now = now
        cell.checkInvariants()
        checkPages(cell)
        checkLiveness(cell)
        checkFairness(cell)
    }
}
