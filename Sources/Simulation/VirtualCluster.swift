package import Cluster
package import Domain

/// A cell in virtual time: the same state machine that serves, with everything that it asks for
/// answered after the time that `ClusterCosts` says.
///
///     cell --- run step, change memory ---> instances    one job at a time, in order
///     cell --- transfer, load ------------> links        into each memory one after the other
///     cell --- wake ----------------------> alarm        one; a new time replaces the old one
///
/// A value without clock or chance: the same beginning and the same inputs give the same effects
/// at the same times in any process. Copies of a live cell run ahead of it without touching it.
/// What is sampled is arbitrary, but never a stop token, so every sequence runs to its `maxTokens`.
package struct VirtualCluster: Sendable {
    package private(set) var cell: Cell
    package private(set) var now: Instant
    package let costs: ClusterCosts
    /// When something other than the alarm last happened.
    package internal(set) var lastWork: Instant
    /// What the last input brought about; it has been carried out.
    package private(set) var effects: [Effect] = []
    /// Traps as soon as the cell's books do not balance, at the price of looking at all of them
    /// after every input.
    package var checksInvariants = false

    enum Event: Hashable, Sendable {
        /// The first job of an instance is done.
        case jobDone(InstanceID)
        case transferred(TransferID)
        case loaded(InstanceID)
        case alarm
    }

    var events = EventQueue<Event>()
    /// By id.
    var instances: [VirtualInstance]
    /// By instance, and the host's as the last: when what comes into this memory has arrived.
    var links: [Instant]
    var alarm: Instant?

    /// - Parameters:
    ///   - cell: Copied as it is at `now`, in its own time.
    ///   - outstanding: What it has asked for and has not heard of, in the order of the effects.
    ///     Each begins anew at `now`, for nobody says how far it is.
    package init(
        _ cell: Cell, at now: Instant, outstanding: [Effect] = [], costs: ClusterCosts
    ) {
        self.cell = cell
        self.now = now
        self.costs = costs
        lastWork = now
        let count = cell.memories.count
        instances = Array(repeating: VirtualInstance(), count: count)
        links = Array(repeating: now, count: count + 1)
        for effect in outstanding { perform(effect) }
        // Whatever time the cell has asked for, it asks again.
        setAlarm(now)
    }

    /// When something happens next, if nobody interferes.
    package var nextTime: Instant? { events.nextTime }

    /// Lets the next thing happen; `effects` tells what came of it. Complexity: what the cell
    /// needs, and O(log events).
    package mutating func advance() {
        guard let (time, event) = events.pop() else { return }
        now = time
        effects.removeAll(keepingCapacity: true)
        take(event)
    }

    /// Hands the cell an input from outside, not before `now` and not after `nextTime`.
    package mutating func send(_ input: Input, at time: Instant) {
        precondition(time >= now && nextTime.map { time <= $0 } ?? true)
        now = time
        lastWork = time
        effects.removeAll(keepingCapacity: true)
        handle(input)
    }

    /// The one place where the cell is asked: decide, then act.
    mutating func handle(_ input: Input) {
        let first = effects.count
        cell.handle(input, at: now, into: &effects)
        if checksInvariants { cell.checkInvariants() }
        for index in first..<effects.count { perform(effects[index]) }
    }
}
