internal import Domain
internal import Inference
internal import Synchronization

/// The instances of a cell at work: steps pass through their stages, memory changes, bytes move.
/// Every order returns at once; what comes of it is reported.
final class InstanceFleet: Sendable {
    private let table: InstanceTable
    private let provisioner: (any Provisioner)?
    private let threads: ProvisioningThreads
    private let sampler: Sampler
    private let surroundings: InstanceWorker.Surroundings
    private let files: ModelFiles?
    private let host: HostMemory?
    private let state = Mutex(State())

    private struct State {
        /// Known from the start of the threads.
        var links: InstanceWorker.Links?
        /// Instances that went when no thread could be had to take them back.
        var left: [InstanceWorker] = []
    }

    /// - Parameters:
    ///   - executors: Of the first instances.
    ///   - capacity: Instances that there may be; `nil` is as many as there are executors.
    ///   - provisioner: Where others come from; `nil` if there are none.
    ///   - files: Where units come from that no peer can give.
    init(
        executors: [any StageExecutor], capacity: Int? = nil, sampler: Sampler,
        mode: ExchangeMode = .coordinated, provisioner: (any Provisioner)? = nil,
        files: ModelFiles? = nil, host: HostMemory? = nil, metrics: FleetMetrics
    ) {
        let capacity = capacity ?? executors.count
        table = InstanceTable(capacity: capacity)
        threads = ProvisioningThreads(instances: capacity)
        surroundings = InstanceWorker.Surroundings(
            mode: mode, activations: ActivationPool(), metrics: metrics)
        self.provisioner = provisioner
        self.sampler = sampler
        self.files = files
        self.host = host
        for (index, executor) in executors.enumerated() {
            table.insert(worker(InstanceID(index: index), executor))
        }
    }

    private func worker(
        _ instance: InstanceID, _ executor: any StageExecutor
    ) -> InstanceWorker {
        InstanceWorker(
            instance, executor: executor, sampler: sampler, surroundings: surroundings)
    }

    /// The instances that are there, in the order of their ids.
    var workers: [InstanceWorker] { table.all }

    /// What the memory of an instance holds; `nil` if the instance is not there.
    func account(of instance: InstanceID) -> MemoryAccount? { table[instance]?.account }

    /// Starts a thread for each executor; `report` is called on these threads.
    func start(
        _ transport: (InProcessTransport) -> any StageTransport = { $0 },
        report: @escaping Report.Sink
    ) throws(RuntimeError) {
        let links = InstanceWorker.Links(
            transport: transport(InProcessTransport(instances: table, host: host)),
            report: report)
        state.withLock { $0.links = links }
        do {
            for worker in workers { try worker.start(links) }
        } catch {
            stop()
            throw error
        }
    }

    /// Lets every instance carry out the orders it has and ends the threads. Instances that are
    /// being made are given up.
    func stop() {
        threads.stop()
        for worker in workers { worker.stop() }
        for worker in state.withLock({ $0.left }) { worker.stop() }
    }

    /// Answered by `stepEnded`.
    func run(_ order: StepOrder) {
        mailbox(order.instance).put(.step(order))
    }

    /// Answered by `memoryChanged`.
    func change(_ change: MemoryChange, on instance: InstanceID) {
        mailbox(instance).put(.change(change))
    }

    func undoChange(on instance: InstanceID) {
        mailbox(instance).put(.undoChange)
    }

    func settleChange(on instance: InstanceID) {
        mailbox(instance).put(.settleChange)
    }

    private func mailbox(_ instance: InstanceID) -> InstanceMailbox {
        guard let worker = table[instance] else {
            preconditionFailure("an order for instance \(instance), which is not there")
        }
        return worker.mailbox
    }
}

// MARK: - Instances that come and go

extension InstanceFleet {
    /// Makes an instance and puts it to work, off the caller's thread. Answered by
    /// `instanceStarted`, unless it cannot be tried: then the answer is why not.
    func provide(_ instance: InstanceID) -> String? {
        guard let provisioner, let links = state.withLock({ $0.links }) else {
            return "this server has no means to start instances"
        }
        let isUnderWay = threads.run(instance) { [self] in
            let failure = provide(instance, from: provisioner, links)
            links.report(.instanceStarted(instance, failure: failure))
        }
        return isUnderWay ? nil : "the server stops, or the system gives no thread"
    }

    /// On a thread of `threads`. Returns what failed.
    private func provide(
        _ instance: InstanceID, from provisioner: any Provisioner, _ links: InstanceWorker.Links
    ) -> String? {
        do throws(RuntimeError) {
            let executor = try provisioner.provide(instance) { [threads] in threads.isClosed }
            try install(executor, as: instance, links, provisioner)
            return nil
        } catch {
            return error.message
        }
    }

    /// Puts an instance that was made to work.
    private func install(
        _ executor: any StageExecutor, as instance: InstanceID, _ links: InstanceWorker.Links,
        _ provisioner: any Provisioner
    ) throws(RuntimeError) {
        let worker = worker(instance, executor)
        do {
            try worker.start(links)
        } catch {
            provisioner.takeBack(instance)
            throw error
        }
        table.insert(worker)
    }

    /// Nobody asks the instance for anything any more: its thread ends and its memory goes back to
    /// the system, off the caller's thread, which may be the instance's own. A start that comes
    /// later waits for that.
    func retire(_ instance: InstanceID) {
        guard let worker = table.remove(instance) else {
            preconditionFailure("instance \(instance) is not there")
        }
        worker.mailbox.close()
        let isUnderWay = threads.run(instance) { [provisioner] in
            worker.stop()
            provisioner?.takeBack(instance)
        }
        if !isUnderWay { state.withLock { $0.left.append(worker) } }
    }
}

// MARK: - Movements

extension InstanceFleet {
    /// Fills units of `instance`. Answered by `unitsLoaded`.
    func load(_ units: [ParameterUnit], on instance: InstanceID, fromPeer peer: InstanceID) {
        mailbox(instance).put(PeerLoadJob(units, on: instance, from: peer))
    }

    /// Fills units of `instance` from the model's files. Answered by `unitsLoaded`.
    func loadFromFiles(_ units: [ParameterUnit], on instance: InstanceID) {
        mailbox(instance).put(FileLoadJob(units, on: instance, files: files))
    }

    /// Each copy is made by the instance it goes to, or by the one it comes from when it goes to
    /// host memory. Answered by `transferFinished`.
    func transfer(_ transfer: Transfer) {
        guard !transfer.copies.isEmpty else { return transferNothing(transfer.id) }
        let progress = TransferProgress(transfer.id, copies: transfer.copies.count)
        for copy in transfer.copies {
            let job = KVCopyJob(copy, progress: progress)
            mailbox(executing(copy)).put(job, isUrgent: transfer.isUrgent)
        }
    }

    private func executing(_ copy: KVCopy) -> InstanceID {
        switch (copy.to, copy.from) {
        case (.instance(let target), _): target
        case (.host, .instance(let source)): source
        case (.host, .host): anyone
        }
    }

    /// An instance that is there.
    private var anyone: InstanceID {
        guard let worker = table.all.first else { preconditionFailure("no instance is there") }
        return worker.instance
    }

    /// The answer comes from an instance's thread even then, never from within the call.
    private func transferNothing(_ id: TransferID) {
        let place = KVPlace.instance(anyone)
        let nothing = KVCopy(
            layers: 0..<0, from: place, sources: [], to: place, targets: [])
        transfer(Transfer(id: id, sequence: SequenceID(0), copies: [nothing]))
    }
}
