internal import Domain
internal import Inference
internal import Synchronization

/// The instances that are there, for all who give them orders or copy from their memory.
final class InstanceTable: Sendable {
    /// By instance.
    private let workers: Mutex<[InstanceWorker?]>

    /// - Parameter capacity: Instances that there may be.
    init(capacity: Int) {
        workers = Mutex(Array(repeating: nil, count: capacity))
    }

    subscript(instance: InstanceID) -> InstanceWorker? {
        workers.withLock { $0.indices.contains(instance.index) ? $0[instance.index] : nil }
    }

    /// In the order of their ids.
    var all: [InstanceWorker] { workers.withLock { $0.compactMap(\.self) } }

    func insert(_ worker: InstanceWorker) {
        workers.withLock { workers in
            let index = worker.instance.index
            precondition(workers[index] == nil, "instance \(index) is there already")
            workers[index] = worker
        }
    }

    func remove(_ instance: InstanceID) -> InstanceWorker? {
        workers.withLock { $0[instance.index].take() }
    }
}
