internal import Domain

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// State that threads change under a lock and sleep on until it is as they need it.
///
/// - Unchecked: the state is touched only under the mutex.
final class Monitor<State>: @unchecked Sendable {
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    /// What a thread that looks at the state does next.
    enum Verdict<Result> {
        case leave(Result)
        /// Until the state changes.
        case sleep
        /// Until the state changes, but no longer than this.
        case sleepFor(Duration)
    }

    init(_ state: sending State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        #if canImport(Darwin)
            pthread_cond_init(changed, nil)
        #else
            // Deadlines must not move when someone sets the wall clock.
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(changed, &attributes)
            pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Changes the state and wakes whoever sleeps on it.
    func update(_ body: (inout State) -> Void) {
        pthread_mutex_lock(mutex)
        body(&state)
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    /// Asks `decide` again after every change, until it leaves.
    func wait<Result>(_ decide: (inout State) -> Verdict<Result>) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch decide(&state) {
            case .leave(let result): return result
            case .sleep: pthread_cond_wait(changed, mutex)
            case .sleepFor(let duration): sleep(for: duration)
            }
        }
    }

    private func sleep(for duration: Duration) {
        let nanoseconds = Int(max(0, duration.nanoseconds))
        #if canImport(Darwin)
            var span = timespec(
                tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
            pthread_cond_timedwait_relative_np(changed, mutex, &span)
        #else
            var deadline = timespec()
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let end = Int(deadline.tv_nsec) + nanoseconds
            deadline.tv_sec += end / 1_000_000_000
            deadline.tv_nsec = end % 1_000_000_000
            pthread_cond_timedwait(changed, mutex, &deadline)
        #endif
    }
}
