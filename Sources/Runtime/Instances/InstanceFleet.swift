internal import Domain
internal import Inference

/// The instances of a cell at work: steps pass through their stages, memory changes, bytes move.
/// Every order returns at once; what comes of it is reported.
final class InstanceFleet: Sendable {
    /// By instance.
    let workers: [InstanceWorker]
    private let files: ModelFiles?
    private let host: HostMemory?

    /// - Parameters:
    ///   - executors: By instance.
    ///   - files: Where units come from that no peer can give.
    init(
        executors: [any StageExecutor], sampler: Sampler, mode: ExchangeMode = .coordinated,
        files: ModelFiles? = nil, host: HostMemory? = nil, metrics: FleetMetrics
    ) {
        let surroundings = InstanceWorker.Surroundings(
            mode: mode, activations: ActivationPool(), metrics: metrics)
        workers = executors.enumerated().map { index, executor in
            InstanceWorker(
                InstanceID(index: index), executor: executor, sampler: sampler,
                surroundings: surroundings)
        }
        self.files = files
        self.host = host
    }

    /// Starts a thread for each executor; `report` is called on these threads.
    func start(
        _ transport: (InProcessTransport) -> any StageTransport = { $0 },
        report: @escaping Report.Sink
    ) throws(RuntimeError) {
        let transport = transport(
            InProcessTransport(
                mailboxes: workers.map(\.mailbox), memories: workers.map(\.memory), host: host))
        do {
            for worker in workers {
                try worker.start(InstanceWorker.Links(transport: transport, report: report))
            }
        } catch {
            stop()
            throw error
        }
    }

    /// Lets every instance carry out the orders it has and ends the threads.
    func stop() {
        for worker in workers { worker.stop() }
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
        workers[instance.index].mailbox
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
            mailbox(executing(copy)).put(KVCopyJob(copy, progress: progress))
        }
    }

    private func executing(_ copy: KVCopy) -> InstanceID {
        switch (copy.to, copy.from) {
        case (.instance(let target), _): target
        case (.host, .instance(let source)): source
        case (.host, .host): InstanceID(0)
        }
    }

    /// The answer comes from an instance's thread even then, never from within the call.
    private func transferNothing(_ id: TransferID) {
        let nothing = KVCopy(
            layers: 0..<0, from: .instance(InstanceID(0)), sources: [],
            to: .instance(InstanceID(0)), targets: [])
        transfer(Transfer(id: id, sequence: SequenceID(0), copies: [nothing]))
    }
}
