internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What is dispatched: the work lies on the stack of the caller, who stays until all is done.
struct PoolJob {
    var kind: any PoolWork.Type
    var work: UnsafeRawPointer
    var count: Int
    var grain: Int
}

/// What the caller and the workers of a pool share.
///
/// `state` is one word: bit 63 stop, bit 62 open, bits 16–61 the number of the dispatch, bits
/// 0–15 the workers inside. `job` changes only while the dispatch is closed and nobody is inside.
///
/// - Unchecked: `job` is written by the caller before the release store that opens a dispatch and
///   read by workers after the acquire that joins it.
final class PoolState: @unchecked Sendable {
    private let state = Atomic<UInt64>(0)
    private let next = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let callerSleeps = Atomic<Bool>(false)
    private var job: PoolJob?
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let opened: UnsafeMutablePointer<pthread_cond_t>
    private let left: UnsafeMutablePointer<pthread_cond_t>

    private static let stopBit: UInt64 = 1 << 63
    private static let openBit: UInt64 = 1 << 62
    private static let inside: UInt64 = 0xFFFF
    private static let dispatch: UInt64 = ~(stopBit | openBit | inside)

    /// How long to look before sleeping: longer than the gap between two dispatches of a step,
    /// short enough that an idle instance uses no processor.
    private static let patience = Duration.microseconds(40)

    init() {
        mutex = .allocate(capacity: 1)
        opened = .allocate(capacity: 1)
        left = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(opened, nil)
        pthread_cond_init(left, nil)
    }

    deinit {
        pthread_cond_destroy(left)
        pthread_cond_destroy(opened)
        pthread_mutex_destroy(mutex)
        left.deallocate()
        opened.deallocate()
        mutex.deallocate()
    }
}

// MARK: - The caller

extension PoolState {
    func open(_ job: PoolJob) {
        self.job = job
        next.store(0, ordering: .relaxed)
        let number = (state.load(ordering: .relaxed) & Self.dispatch) &+ (Self.inside + 1)
        state.store((number & Self.dispatch) | Self.openBit, ordering: .sequentiallyConsistent)
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(opened)
        pthread_mutex_unlock(mutex)
    }

    /// Keeps newcomers out and waits until those inside have left.
    func close() {
        state.bitwiseAnd(~Self.openBit, ordering: .sequentiallyConsistent)
        if Self.spin({ isEmpty() ? () : nil }) != nil { return }
        callerSleeps.store(true, ordering: .sequentiallyConsistent)
        pthread_mutex_lock(mutex)
        while !isEmpty() { pthread_cond_wait(left, mutex) }
        pthread_mutex_unlock(mutex)
        callerSleeps.store(false, ordering: .relaxed)
    }

    private func isEmpty() -> Bool {
        state.load(ordering: .sequentiallyConsistent) & Self.inside == 0
    }

    func stop() {
        state.bitwiseOr(Self.stopBit, ordering: .sequentiallyConsistent)
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(opened)
        pthread_mutex_unlock(mutex)
    }
}

// MARK: - Both

extension PoolState {
    /// Looks again and again for a while; `nil` when there was nothing to see.
    private static func spin<Answer>(_ look: () -> Answer?) -> Answer? {
        let start = ContinuousClock.now
        repeat {
            for _ in 0..<64 {
                if let answer = look() { return answer }
            }
        } while start.duration(to: .now) < patience
        return nil
    }

    func takeChunks(thread: Int) {
        guard let job else { return }
        while true {
            let first = next.wrappingAdd(job.grain, ordering: .relaxed).oldValue
            guard first < job.count else { return }
            let items = first..<min(first + job.grain, job.count)
            job.kind.run(at: job.work, items, thread: thread)
        }
    }
}

// MARK: - Workers

extension PoolState {
    /// Joins dispatches until the pool stops.
    func serve(thread: Int) {
        var served: UInt64 = 0
        while let number = waitForDispatch(after: served) {
            served = number
            guard join(number) else { continue }
            takeChunks(thread: thread)
            leave()
        }
    }

    /// The number of an open dispatch other than `served`; `nil` when the pool stops.
    private func waitForDispatch(after served: UInt64) -> UInt64? {
        if let answer = Self.spin({ look(served) }) { return answer.number }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
        while true {
            if let answer = look(served) { return answer.number }
            pthread_cond_wait(opened, mutex)
        }
    }

    /// `nil`: go on waiting.
    private func look(_ served: UInt64) -> (number: UInt64?, Void)? {
        let now = state.load(ordering: .sequentiallyConsistent)
        if now & Self.stopBit != 0 { return (nil, ()) }
        guard now & Self.openBit != 0, now & Self.dispatch != served else { return nil }
        return (now & Self.dispatch, ())
    }

    /// Goes inside if dispatch `number` is still open.
    private func join(_ number: UInt64) -> Bool {
        var now = state.load(ordering: .relaxed)
        while now & Self.openBit != 0, now & Self.dispatch == number {
            let (done, current) = state.weakCompareExchange(
                expected: now, desired: now + 1, ordering: .acquiringAndReleasing)
            if done { return true }
            now = current
        }
        return false
    }

    private func leave() {
        let now = state.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
        guard now & Self.inside == 0, callerSleeps.load(ordering: .sequentiallyConsistent)
        else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_signal(left)
        pthread_mutex_unlock(mutex)
    }
}
