#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

#if !canImport(Darwin)
    // The C header hides it behind a macro that the importer does not set.
    @_silgen_name("pthread_setname_np")
    private func setThreadName(_ thread: pthread_t, _ name: UnsafePointer<CChar>) -> Int32
#endif

/// A thread of our own: model arithmetic must never sit on the cooperative pool, where it would
/// starve everything that is asynchronous.
package struct WorkerThread: @unchecked Sendable {
    // Unchecked: a thread handle may be used from any thread.
    private let handle: pthread_t

    /// Starts a thread that runs `body` once; `nil` when the system gives none.
    ///
    /// - Parameter name: what system tools show, at most 15 bytes of it.
    package init?(named name: String, _ body: @escaping @Sendable () -> Void) {
        let entry = Unmanaged.passRetained(ThreadEntry(name: name, body: body))
        #if canImport(Darwin)
            var started: pthread_t?
            let code = pthread_create(&started, nil, { ThreadEntry.main($0) }, entry.toOpaque())
        #else
            var started = pthread_t()
            let code = pthread_create(&started, nil, { ThreadEntry.main($0) }, entry.toOpaque())
        #endif
        guard code == 0 else {
            entry.release()
            return nil
        }
        #if canImport(Darwin)
            guard let started else { return nil }
        #endif
        handle = started
    }

    /// Waits until the body has returned; call it once.
    package func join() {
        pthread_join(handle, nil)
    }
}

/// Carries the body across the C border.
private final class ThreadEntry: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
        self.body = body
    }

    private func run() {
        #if canImport(Darwin)
            pthread_setname_np(name)
        #else
            _ = setThreadName(pthread_self(), name)
        #endif
        body()
    }

    static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        Unmanaged<ThreadEntry>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
}
