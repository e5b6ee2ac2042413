internal import Synchronization

/// Hidden states on their way between two stages, (rows, hidden).
///
/// - Unchecked: one thread fills it before it hands it on, and only the next one reads it.
final class Activation: @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<Float>
    private var count = 0

    fileprivate init(capacity: Int) {
        memory = .allocate(capacity: capacity)
    }

    deinit {
        memory.deallocate()
    }

    fileprivate var capacity: Int { memory.count }

    fileprivate func fill(_ values: UnsafeBufferPointer<Float>) {
        _ = memory.update(fromContentsOf: values)
        count = values.count
    }

    var values: UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: memory[..<count])
    }
}

/// Activations to use again: there are never more than steps in flight.
final class ActivationPool: Sendable {
    private let free = Mutex<[Activation]>([])

    /// A copy of `values`, in a recycled buffer if one is large enough.
    func copy(_ values: UnsafeBufferPointer<Float>) -> Activation {
        let activation = take(capacity: values.count) ?? Activation(capacity: values.count)
        activation.fill(values)
        return activation
    }

    private func take(capacity: Int) -> Activation? {
        free.withLock { free in
            if let index = free.lastIndex(where: { $0.capacity >= capacity }) {
                return free.remove(at: index)
            }
            // A larger one is about to be made and comes back in the place of this one.
            _ = free.popLast()
            return nil
        }
    }

    /// Takes back a buffer that nobody reads any more.
    func recycle(_ activation: Activation) {
        free.withLock { $0.append(activation) }
    }
}
