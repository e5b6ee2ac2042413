import Domain
import Inference
import Synchronization

@testable import Runtime

/// Makes real instances, when a test lets it.
final class GatedProvisioner: Provisioner {
    private let provisioner: InProcessProvisioner
    private let isOpen = Monitor(false)
    private let made = Mutex<[InstanceID: Memory]>([:])
    /// Instances that were given up.
    let cancelled = Mutex<[InstanceID]>([])

    /// Knows whether the memory of an instance is still there.
    private struct Memory: @unchecked Sendable {
        // Unchecked: only asked whether it is there.
        weak var pool: PagePool?
    }

    init(_ provisioner: InProcessProvisioner) { self.provisioner = provisioner }

    func open() { isOpen.update { $0 = true } }

    func provide(
        _ instance: InstanceID, isCancelled: @Sendable () -> Bool
    ) throws(RuntimeError) -> any StageExecutor {
        let isWanted = isOpen.wait { isOpen in
            if isCancelled() { return .leave(false) }
            return isOpen ? .leave(true) : .sleepFor(.milliseconds(1))
        }
        guard isWanted else {
            cancelled.withLock { $0.append(instance) }
            throw RuntimeError(.stopped, "given up")
        }
        let executor = try provisioner.provide(instance, isCancelled: isCancelled)
        let pool = (executor as? CPUStageExecutor)?.memory
        made.withLock { $0[instance] = Memory(pool: pool) }
        return executor
    }

    func takeBack(_ instance: InstanceID) { provisioner.takeBack(instance) }

    /// Whether the memory that was made last for this instance has not gone back yet.
    func isInMemory(_ instance: InstanceID) -> Bool {
        made.withLock { $0[instance]?.pool != nil }
    }
}
