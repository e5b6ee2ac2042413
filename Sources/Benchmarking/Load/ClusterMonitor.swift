internal import Domain
internal import NIOCore

/// Asks the server for its own view while a run goes on. A server that has none answers 404 once
/// and is left in peace. Lives on the event loop of the run, over connections of its own.
final class ClusterMonitor {
    /// More is not kept; at two samples a second, more than a day.
    private static let maxSamples = 200_000
    private static let maxEvents = 100_000

    private let pool: ConnectionPool
    private let prefix: String
    private let clock: RunClock
    private let interval: TimeAmount
    private let loop: any EventLoop

    private var samples: [ClusterSample] = []
    private var events: [LoggedEvent] = []
    /// Number of the last event read; `nil` until the log has been read once.
    private var lastEvent: Int?
    /// The server's zero on the run's clock: the smallest difference seen has the least delay in
    /// it.
    private var serverOrigin: Duration?
    private var isBusy = false
    private var isOver = false

    init(
        pool: ConnectionPool, prefix: String, clock: RunClock, interval: Duration,
        loop: any EventLoop
    ) {
        self.pool = pool
        self.prefix = prefix
        self.clock = clock
        self.interval = .nanoseconds(interval.nanoseconds)
        self.loop = loop
    }

    /// The first reading of the log finds the events of earlier runs, which are left out.
    func start() {
        poll()
        tick()
    }

    func stop() { isOver = true }

    /// What was seen, with the events' times on the run's clock.
    var view: (samples: [ClusterSample], events: [LoggedEvent]) {
        let origin = serverOrigin ?? .zero
        let placed = events.map { event in
            var event = event
            event.time = event.time + origin
            return event
        }
        return (samples, placed)
    }

    private func tick() {
        guard !isOver else { return }
        loop.assumeIsolated().scheduleTask(in: interval) {
            self.poll()
            self.tick()
        }
    }

    private func poll() {
        guard !isBusy, !isOver else { return }
        isBusy = true
        get("/v1/cluster") { json in
            self.isBusy = false
            guard let json, let sample = ClusterSample(json, at: self.clock.now) else { return }
            self.add(sample)
            self.pollLog()
        }
    }

    private func add(_ sample: ClusterSample) {
        guard samples.count < Self.maxSamples else { return }
        let difference = sample.time - Instant(seconds: sample.serverSeconds)
        serverOrigin = min(serverOrigin ?? difference, difference)
        samples.append(sample)
    }

    private func pollLog() {
        isBusy = true
        get("/v1/cluster/log?after=\(lastEvent ?? 0)") { json in
            self.isBusy = false
            let entries = json?["events"]?.arrayValue ?? []
            let fresh = entries.compactMap { LoggedEvent($0) }
                .filter { $0.number > self.lastEvent ?? 0 }
            if self.lastEvent != nil, self.events.count + fresh.count <= Self.maxEvents {
                self.events.append(contentsOf: fresh)
            }
            self.lastEvent = fresh.last?.number ?? self.lastEvent ?? 0
        }
    }

    /// `nil` for anything but a JSON answer. A server without the route is not asked again.
    private func get(_ path: String, _ use: @escaping (JSON?) -> Void) {
        let fetch = BodyFetch { result in
            guard case .success(let answer) = result else { return use(nil) }
            if answer.status == 404 || answer.status == 405 { self.isOver = true }
            use(answer.status == 200 ? try? JSON.parse(answer.body) : nil)
        }
        pool.send(WireRequest(path: prefix + path, consumer: fetch))
    }
}
