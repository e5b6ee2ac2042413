package import Cluster
package import Domain
internal import Scheduling

/// A cell in virtual time: the same state machine that serves, with everything that it asks for
/// answered after the time that `ClusterCosts` says, or failed as `FaultPlan` says.
///
///     cell --- run step, change memory ---> instances    one job at a time, in order
///     cell --- transfer, load ------------> network      in pieces, between what stages hand on
///     cell --- wake ----------------------> alarm        one; a new time replaces the old one
///
/// A value without clock or chance: the same beginning and the same inputs give the same effects
/// at the same times in any process. Copies of a live cell run ahead of it without touching it.
/// What is sampled is arbitrary, but never a stop token, so every sequence runs to its `maxTokens`.
package struct VirtualCluster: Sendable {
    package private(set) var cell: Cell
    package private(set) var now: Instant
    package let costs: ClusterCosts
    /// When something other than the alarm or a fault last happened.
    package internal(set) var lastWork: Instant
    /// What the last input brought about; it has been carried out.
    package private(set) var effects: [Effect] = []
    /// Traps as soon as the cell's books do not balance, at the price of looking at all of them
    /// after every input.
    package var checksInvariants = false
    /// What took time, as far as somebody wants to know.
    package var activities: ActivityLog?
    /// How well pipelines are filled.
    var pipelines = PipelineClock()
    /// Watches everything that goes in and out. To be set before the first input.
    package var checker: CellChecker?

    enum Event: Hashable, Sendable {
        /// The cell hears of something, by slot of `answers`.
        case answer(Int)
        case alarm
        /// The instance has been set up and begins to load the model.
        case setUp(InstanceID)
    }

    /// What the cell is to hear; from whom, if it matters whether that one lives.
    struct Answer: Sendable {
        let input: Input
        let instance: InstanceID?
    }

    /// What is on its way between instances.
    enum Parcel: Sendable {
        /// What a stage hands to the next one.
        case activation(StageRun)
        /// One copy of a transfer, and the instance that makes it.
        case copy(TransferID, by: InstanceID)
        /// The first load of an instance.
        case load(InstanceID)
        /// The model, for an instance that starts.
        case start(InstanceID)
    }

    var events = EventQueue<Event>()
    /// When the instances' jobs are done; of one line with `events`.
    var jobClock: JobClock
    var answers = SlotTable<Answer>()
    var network: VirtualNetwork<Parcel>
    var faults: FaultBook
    /// By id.
    var instances: [VirtualInstance]
    /// All that steps have passed since the beginning: the stages of each group that was formed,
    /// one group after the other.
    var formations: [GroupStage] = []
    /// By group id: where in `formations` the stages begin that its steps pass.
    var formationOf: [Int] = []
    /// Looked up, never iterated.
    var transfers: [TransferID: TransferProgress] = [:]
    var alarm: Instant?
    /// Tokens of steps that do not simply sample zeros. Looked up, never iterated.
    var unusualSamples: [StepID: [TokenID]] = [:]
    /// As many as the last step had samples; reused between steps.
    var zeros: [TokenID] = []

    /// - Parameters:
    ///   - cell: Copied as it is at `now`, in its own time.
    ///   - outstanding: What it has asked for and has not heard of, in the order of the effects.
    ///     Each begins anew at `now`, for nobody says how far it is.
    ///   - faults: What goes wrong; its times count from `now`.
    package init(
        _ cell: Cell, at now: Instant, outstanding: [Effect] = [], costs: ClusterCosts,
        faults: FaultPlan = .none
    ) {
        self.cell = cell
        self.now = now
        self.costs = costs
        lastWork = now
        let count = cell.memories.count
        instances = Array(repeating: VirtualInstance(), count: count)
        jobClock = JobClock(instances: count)
        network = VirtualNetwork(instances: count, links: costs.links)
        self.faults = FaultBook(faults, instances: count, from: now)
        for group in cell.groups.ids { form(group, of: cell.groups[group].stages) }
        for effect in outstanding { perform(effect) }
        // Whatever time the cell has asked for, it asks again.
        setAlarm(now)
    }

    /// When something happens next, if nobody interferes.
    @inline(__always)
    package var nextTime: Instant? {
        var next = nextInLine?.time
        if let time = faults.nextTime { next = next.map { min($0, time) } ?? time }
        if let time = network.nextTime { next = next.map { min($0, time) } ?? time }
        return next
    }

    /// The next of the events and the jobs. Inlined, for a call would get a copy of the cluster.
    @inline(__always)
    private var nextInLine: EventTime? {
        guard let job = jobClock.nextTime else { return events.next }
        return events.next.map { min($0, job) } ?? job
    }

    /// Nothing is under way and no alarm is set: only a fault may still come.
    @inline(__always)
    package var isQuiet: Bool { nextInLine == nil && network.isEmpty }

    /// Lets the next thing happen; `effects` tells what came of it. Complexity: what the cell
    /// needs, and O(log events).
    package mutating func advance() {
        guard let time = nextTime else { return }
        now = time
        effects.clear()
        // At one time, faults come first.
        if faults.nextTime == time {
            takeFault()
        } else if let next = nextInLine, next.time == time {
            if next == jobClock.nextTime {
                finishJob(of: jobClock.next)
            } else if let (_, event) = events.pop() {
                take(event)
            }
        } else if let delivery = network.advance() {
            take(delivery)
        }
        checkEvent()
    }

    /// Hands the cell an input from outside, not before `now` and not after `nextTime`.
    package mutating func send(_ input: Input, at time: Instant) {
        precondition(time >= now && nextTime.map { time <= $0 } ?? true)
        now = time
        lastWork = time
        effects.clear()
        handle(input)
        checkEvent()
    }

    /// The one place where the cell is asked: decide, then act.
    mutating func handle(_ input: Input) {
        // Held apart while they are carried out, for that changes everything else.
        var effects: [Effect] = []
        swap(&effects, &self.effects)
        let first = effects.count
        cell.handle(input, at: now, into: &effects)
        if checksInvariants { cell.checkInvariants() }
        if checker != nil { checker?.watch(input, effects[first...], of: cell, at: now) }
        perform(effects, from: first)
        swap(&effects, &self.effects)
    }

    /// Looks at all of the cell's books now, whatever the level of the checks.
    package mutating func check() { checker?.check(cell, at: now) }

    private mutating func checkEvent() {
        if checker != nil, checker?.level == .everyEvent { check() }
    }
}
