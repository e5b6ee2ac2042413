import Domain
import Inference
import Synchronization
import TestSupport

@testable import Runtime

/// Failures of devices and links, at random.
final class Faults: Sendable {
    struct Rates: Hashable, Sendable {
        var step = 0.0
        var memoryChange = 0.0
        /// Of one block, of one piece of parameters, and of a read from files.
        var block = 0.0
        var parameters = 0.0
        var load = 0.0
    }

    struct Fault: Error {}

    private let rates: Rates
    private let state: Mutex<State>

    private struct State {
        var random: SplitMix64
        var isActive = true
        var breaches: [String] = []
    }

    init(_ rates: Rates, seed: Int) {
        self.rates = rates
        state = Mutex(State(random: SplitMix64(seed: seed)))
    }

    /// Nothing fails from now on.
    func end() { state.withLock { $0.isActive = false } }

    /// Orders that nobody may give.
    var breaches: [String] { state.withLock { $0.breaches } }

    func note(breach: String) { state.withLock { $0.breaches.append(breach) } }

    func strikes(_ rate: (Rates) -> Double) -> Bool {
        state.withLock { state in
            let chance = Double.random(in: 0..<1, using: &state.random)
            return state.isActive && chance < rate(rates)
        }
    }
}

/// A real executor some of whose deeds fail.
final class FaultyExecutor: StageExecutor {
    let executor: CPUStageExecutor
    private let faults: Faults

    init(_ executor: CPUStageExecutor, _ faults: Faults) {
        self.executor = executor
        self.faults = faults
    }

    var memoryShape: InstanceMemoryShape { executor.memoryShape }
    var memoryView: InstanceMemoryView { executor.memoryView }
    func holds(_ unit: ParameterUnit) -> Bool { executor.holds(unit) }
    func blockCount(of layers: LayerRange) -> BlockCount { executor.blockCount(of: layers) }

    func run(
        _ step: Step, stage: Int, range: StageRange, input: UnsafeBufferPointer<Float>?,
        consume: (StageOutput) throws -> Void
    ) throws {
        if faults.strikes({ $0.step }) { throw Faults.Fault() }
        for unit in memoryShape.units(for: range) where !holds(unit) {
            faults.note(breach: "group \(step.group) runs \(range) without \(unit)")
            throw Faults.Fault()
        }
        try executor.run(step, stage: stage, range: range, input: input, consume: consume)
    }

    func apply(_ change: MemoryChange) throws(DeviceMemoryError) {
        if faults.strikes({ $0.memoryChange }) {
            throw .system(call: "test", reason: "a fault")
        }
        try executor.apply(change)
    }

    func undoChange() { executor.undoChange() }
    func settle(pages: Int) -> Bool { executor.settle(pages: pages) }

    func load(_ units: [ParameterUnit], from checkpoint: Checkpoint) throws {
        if faults.strikes({ $0.load }) { throw Faults.Fault() }
        try executor.load(units, from: checkpoint)
    }

    func unitsFilled(_ units: [ParameterUnit]) { executor.unitsFilled(units) }
}

/// Some of its instances cannot be made, and deeds of the others fail.
struct FaultyProvisioner: Provisioner {
    let provisioner: any Provisioner
    let faults: Faults

    func provide(
        _ instance: InstanceID, isCancelled: @Sendable () -> Bool
    ) throws(RuntimeError) -> any StageExecutor {
        let executor = try provisioner.provide(instance, isCancelled: isCancelled)
        if faults.strikes({ $0.load }) {
            provisioner.takeBack(instance)
            throw RuntimeError(.badModel, "a fault")
        }
        return (executor as? CPUStageExecutor).map { FaultyExecutor($0, faults) } ?? executor
    }

    func takeBack(_ instance: InstanceID) { provisioner.takeBack(instance) }
}

/// A link some of whose copies fail, although bytes have gone over.
struct FaultyTransport: StageTransport {
    let transport: InProcessTransport
    let faults: Faults

    func send(_ order: StepOrder) { transport.send(order) }

    func copy(_ source: MemorySpan, to target: MemorySpan) throws(TransferError) {
        try transport.copy(source, to: target)
        let isLost =
            switch target {
            case .block: faults.strikes { $0.block }
            case .parameters: faults.strikes { $0.parameters }
            }
        if isLost { throw .noSuchBytes(target) }
    }
}
