package import Cluster
internal import Domain
package import Inference
internal import Scheduling
internal import Synchronization
package import Telemetry

/// The cell for real: hands inputs to the one `Cell`, carries its effects out on instances and
/// streams, and measures.
///
/// One lock guards the cell and the records, and effects are carried out before it is released:
/// their order is the cell's order, whichever thread delivered the input. Carrying them out is
/// cheap, for orders only go into mailboxes; the arithmetic runs on the instances' own threads.
package final class CellRuntime: Sendable {
    let state: Mutex<State>
    let fleet: InstanceFleet
    /// Instances that there may be.
    let instanceCapacity: Int
    let alarm = AlarmClock()
    let metrics: RuntimeMetrics
    let log = EventLog()
    let lastRequestID = Atomic<UInt64>(0)
    /// Requests whose owner let go of the stream. The system calls us about that while it holds a
    /// lock that every `yield` to the same owner needs, so the notice only goes in here, and
    /// whichever input comes next takes it to the cell.
    let abandoned = Mutex<[RequestID]>([])

    struct State {
        var cell: Cell
        var outstanding = OutstandingEffects()
        var pipelines = PipelineTable()
        /// By instance.
        var activities: [InstanceActivity]
        /// Requests between submission and the cell's answer.
        var submitted: [RequestID: SequenceRecord] = [:]
        /// By sequence slot.
        var records: [SequenceRecord?] = []
        /// Reused between inputs.
        var effects: [Effect] = []
        var prefixQueried: TokenCount = 0
        var prefixHit: TokenCount = 0
    }

    /// What an instance has been asked for and has not answered.
    struct InstanceActivity: Hashable, Sendable {
        var changes = 0
        var loads = 0
    }

    /// - Parameters:
    ///   - configuration: The cell's; one memory shape for each instance that there may be.
    ///   - executors: One for each instance that is there at first, holding the whole model.
    ///   - sampler: Copied to each instance.
    ///   - provisioner: Where further instances come from; `nil` if there are never any.
    ///   - files: The model's, for parameters that no peer can give.
    ///   - metrics: Where everything is counted.
    ///   - exchangeMode: How transfers share an instance with its steps.
    package convenience init(
        configuration: CellConfiguration, executors: sending [any StageExecutor],
        sampler: Sampler, provisioner: (any Provisioner)? = nil, files: ModelFiles? = nil,
        metrics: ServerMetrics, exchangeMode: ExchangeMode = .coordinated
    ) throws(RuntimeError) {
        try self.init(
            configuration: configuration, executors: executors, sampler: sampler,
            provisioner: provisioner, files: files, metrics: metrics,
            exchangeMode: exchangeMode, transport: { $0 })
    }

    /// - Parameter transport: What takes the place of the transport between instances of this
    ///   process.
    init(
        configuration: CellConfiguration, executors: sending [any StageExecutor],
        sampler: Sampler, provisioner: (any Provisioner)?, files: ModelFiles?,
        metrics: ServerMetrics, exchangeMode: ExchangeMode,
        transport: (InProcessTransport) -> any StageTransport
    ) throws(RuntimeError) {
        instanceCapacity = configuration.instances.count
        precondition(executors.count == configuration.startInstances ?? instanceCapacity)
        self.metrics = RuntimeMetrics(metrics, instances: instanceCapacity)
        let initial = Self.initialState(configuration)
        self.metrics.cluster.set(initial.cell.roster)
        state = Mutex(initial)
        fleet = InstanceFleet(
            executors: executors, capacity: instanceCapacity, sampler: sampler,
            mode: exchangeMode, provisioner: provisioner, files: files,
            host: HostMemory(
                blockCount: configuration.hostBlocks, like: executors[0].memoryView),
            metrics: self.metrics.fleet)
        try fleet.start(transport) { [weak self] in self?.take($0) }
        try alarm.start(now: { Self.now }) { [weak self] in self?.tick() }
        tick()
    }

    /// Each instance is a group of one.
    private static func initialState(_ configuration: CellConfiguration) -> State {
        let idle = configuration.instances.map { _ in InstanceActivity() }
        var state = State(cell: Cell(configuration: configuration), activities: idle)
        for group in state.cell.groups.ids {
            state.pipelines.form(group, state.cell.groups[group].stages, at: now)
        }
        return state
    }

    /// Ends every request, lets the steps in flight finish and ends the threads. The last call.
    package func stop() {
        abortAll()
        alarm.stop()
        fleet.stop()
    }

    /// Time since the process began to care.
    static var now: Instant { .zero + origin.duration(to: .now) }
    private static let origin = ContinuousClock.now
}
