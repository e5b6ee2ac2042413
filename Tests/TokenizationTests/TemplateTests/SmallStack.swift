internal import Synchronization
internal import Tokenization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Runs work on a thread with a stack of a given size.
enum SmallStack {
    private final class Work: Sendable {
        let body: @Sendable () -> TemplateError.Kind?
        let outcome = Mutex<TemplateError.Kind?>(nil)

        init(_ body: @escaping @Sendable () -> TemplateError.Kind?) { self.body = body }

        func run() {
            let value = body()
            outcome.withLock { $0 = value }
        }
    }

    /// What `body` gives; also `nil` where the thread could not be started. On systems other than
    /// Linux, whose threads are made in another way, the work runs on the caller's stack.
    static func run(
        bytes: Int, _ body: @escaping @Sendable () -> TemplateError.Kind?
    ) -> TemplateError.Kind? {
        let work = Work(body)
        #if canImport(Glibc) || canImport(Musl)
            var attributes = pthread_attr_t()
            pthread_attr_init(&attributes)
            defer { pthread_attr_destroy(&attributes) }
            guard pthread_attr_setstacksize(&attributes, bytes) == 0 else { return nil }
            var thread = pthread_t()
            let status = pthread_create(
                &thread, &attributes,
                { pointer in
                    if let pointer {
                        Unmanaged<Work>.fromOpaque(pointer).takeUnretainedValue().run()
                    }
                    return nil
                }, Unmanaged.passUnretained(work).toOpaque())
            guard status == 0 else { return nil }
            pthread_join(thread, nil)
        #else
            work.run()
        #endif
        return work.outcome.withLock { $0 }
    }
}
