internal import Domain
internal import NIOCore
internal import NIOPosix

/// Sends workloads to a server and watches it: one thread with one event loop.
package struct LoadGenerator: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop

    /// Starts the thread; `shutDown` ends it.
    package init() {
        Host.raiseOpenFileLimit()
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
    }

    package func shutDown() async {
        try? await group.shutdownGracefully()
    }

    /// Returns when the server accepts a connection.
    ///
    /// - Parameter patience: how long to wait for a server that does not listen yet.
    @concurrent package func reach(_ server: ServerAddress, patience: Duration) async throws {
        let probe = ServerProbe(server: server, apiKey: nil, loop: loop)
        _ = try await probe.reach(patience: patience)
    }

    /// The model that the server names first.
    ///
    /// - Parameter patience: how long to wait for a server that does not listen yet.
    @concurrent package func servedModel(
        at server: ServerAddress, apiKey: String?, patience: Duration = .zero
    ) async throws -> String {
        let probe = ServerProbe(server: server, apiKey: apiKey, loop: loop)
        return try await probe.model(at: try await probe.reach(patience: patience))
    }

    /// Sends the whole workload; returns when every request has an outcome.
    ///
    /// - Parameter onProgress: called on the generator's thread after each outcome; be quick.
    @concurrent package func run(
        _ workload: Workload, settings: LoadSettings,
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws -> RunRecord {
        let probe = ServerProbe(server: settings.server, apiKey: settings.apiKey, loop: loop)
        let address = try await probe.reach(patience: .zero)
        let site = Site(loop: loop, address: address, settings: settings)
        try await site.warmUp(workload.requests)
        return try await site.run(workload.requests, onProgress: onProgress)
    }
}

/// One server as one run sees it.
private struct Site: Sendable {
    let loop: any EventLoop
    let address: SocketAddress
    let settings: LoadSettings

    /// Between the call and the first arrival, so that the first is not late.
    private static let lead = TimeAmount.milliseconds(20)

    func warmUp(_ requests: [PlannedRequest]) async throws {
        guard settings.warmups > 0, var request = requests.first else { return }
        request.arrivalSeconds = 0
        let copies = Array(repeating: request, count: settings.warmups)
        var settings = settings
        settings.maxConcurrency = settings.maxConcurrency ?? 16
        settings.maxDuration = nil
        let site = Site(loop: loop, address: address, settings: settings)
        let record = try await site.load(copies, monitors: false) { _ in }
        if let failed = record.requests.first(where: { !$0.isCompleted }) {
            throw LoadError("a warm-up request failed: \(failed.outcome.message)")
        }
    }

    func run(
        _ requests: [PlannedRequest], onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> RunRecord {
        try await load(requests, monitors: true, onProgress)
    }

    private func load(
        _ requests: [PlannedRequest], monitors: Bool,
        _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> RunRecord {
        let (loop, settings) = (loop, settings)
        let clock = RunClock(origin: .now() + Self.lead)
        return try await loop.flatSubmit {
            let pool = makePool()
            let monitor = ClusterMonitor(
                pool: makePool(), prefix: settings.server.pathPrefix, clock: clock,
                interval: settings.pollInterval, loop: loop)
            if monitors { monitor.start() }
            let run = LoadRun(
                requests, settings: settings, pool: pool, clock: clock, loop: loop,
                onProgress: onProgress)
            let linger = monitors ? settings.linger : .zero
            return run.start().flatMap { record in
                loop.scheduleTask(in: .nanoseconds(linger.nanoseconds)) { record }.futureResult
            }.assumeIsolated().map { record in
                monitor.stop()
                pool.close()
                var record = record
                (record.samples, record.events) = monitor.view
                return record
            }.nonisolated()
        }.get()
    }

    private func makePool() -> ConnectionPool {
        let headers = ConnectionPool.headers(for: settings.server, apiKey: settings.apiKey)
        return ConnectionPool(loop: loop, address: address, headers: headers)
    }
}
