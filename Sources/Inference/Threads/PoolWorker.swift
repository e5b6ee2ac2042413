#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One worker thread of a pool.
final class PoolWorker {
    private let index: Int
    private let shared: PoolState

    private init(index: Int, shared: PoolState) {
        self.index = index
        self.shared = shared
    }

    /// Starts the thread; `nil` when the system gives none.
    static func start(index: Int, shared: PoolState) -> pthread_t? {
        let worker = Unmanaged.passRetained(PoolWorker(index: index, shared: shared))
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(&thread, nil, { PoolWorker.main($0) }, worker.toOpaque())
        #else
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { PoolWorker.main($0) }, worker.toOpaque())
        #endif
        guard code == 0 else {
            worker.release()
            return nil
        }
        return thread
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let worker = Unmanaged<PoolWorker>.fromOpaque(argument).takeRetainedValue()
        worker.shared.serve(thread: worker.index)
        return nil
    }
}
