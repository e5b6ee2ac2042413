internal import Domain
internal import NIOCore
internal import NIOHTTP1

/// Sends the requests of one workload at their times and gathers what comes back.
///
/// Everything happens on one event loop, so that nothing is locked and a time is taken by the
/// thread that reads the socket. The loop is open: an arrival is sent when it is due, however many
/// answers are outstanding; only `maxConcurrency`, which asks for it, holds requests back.
final class LoadRun {
    /// Requests sent in one turn of the loop, so that answers are not kept waiting by a burst.
    private static let sendsPerTurn = 16

    private let workload: [PlannedRequest]
    private let settings: LoadSettings
    private let loop: any EventLoop
    private let pool: ConnectionPool
    private let clock: RunClock
    private let onProgress: (RunProgress) -> Void
    private let promise: EventLoopPromise<RunRecord>

    private var next = 0
    /// Arrived, and held back by `maxConcurrency`; the first `heldStart` have left.
    private var held: [Int] = []
    private var heldStart = 0
    /// Let pass by the limit, and about to be sent.
    private var entering = 0
    private var inFlight: [Int: Flight] = [:]
    private var records: [RequestRecord] = []
    private var isStopped = false
    private var isOver = false

    private struct Flight {
        let exchange: Exchange
        let timer: Scheduled<Void>
    }

    init(
        _ workload: [PlannedRequest], settings: LoadSettings, pool: ConnectionPool,
        clock: RunClock, loop: any EventLoop, onProgress: @escaping (RunProgress) -> Void
    ) {
        self.workload = workload
        self.settings = settings
        self.pool = pool
        self.clock = clock
        self.loop = loop
        self.onProgress = onProgress
        promise = loop.makePromise()
        records.reserveCapacity(workload.count)
    }

    /// Begins at the clock's origin, which should lie a little ahead.
    func start() -> EventLoopFuture<RunRecord> {
        if let limit = settings.maxDuration {
            let end = clock.origin + .nanoseconds(limit.nanoseconds)
            loop.assumeIsolated().scheduleTask(deadline: end) { self.stop() }
        }
        sendDue()
        return promise.futureResult
    }
}

// MARK: - Sending

extension LoadRun {
    private func sendDue() {
        var budget = Self.sendsPerTurn
        let now = clock.now
        while !isStopped, next < workload.count, budget > 0, arrival(next) <= now {
            if let limit = settings.maxConcurrency, inFlight.count + entering >= limit {
                held.append(next)
            } else {
                send(next, origin: arrival(next))
                budget -= 1
            }
            next += 1
        }
        scheduleNext(hasMoreNow: budget == 0)
    }

    private func scheduleNext(hasMoreNow: Bool) {
        guard !isStopped, next < workload.count else { return endIfDone() }
        let loop = loop.assumeIsolated()
        if hasMoreNow {
            loop.execute { self.sendDue() }
        } else {
            loop.scheduleTask(deadline: clock.deadline(arrival(next))) { self.sendDue() }
        }
    }

    private func arrival(_ index: Int) -> Instant {
        Instant(seconds: workload[index].arrivalSeconds)
    }

    private func send(_ index: Int, origin: Instant) {
        let request = workload[index]
        let record = RequestRecord(
            index: index, scheduled: arrival(index), origin: origin, taken: clock.now,
            inputTokens: request.plannedInputTokens ?? 0)
        let exchange = Exchange(record, clock: clock, keepsText: settings.keepsTexts) {
            self.ended($0)
        }
        let limit = clock.deadline(origin + settings.timeout)
        let timer = loop.assumeIsolated().scheduleTask(deadline: limit) {
            exchange.stop(.request)
        }
        inFlight[index] = Flight(exchange: exchange, timer: timer)
        pool.send(
            WireRequest(
                method: .POST, path: settings.server.pathPrefix + settings.form.path,
                body: ByteBuffer(bytes: settings.form.body(of: request)), consumer: exchange))
    }
}

// MARK: - Ending

extension LoadRun {
    private func ended(_ exchange: Exchange) {
        let record = exchange.record
        inFlight.removeValue(forKey: record.index)?.timer.cancel()
        records.append(record)
        report()
        sendHeld()
        endIfDone()
    }

    private func sendHeld() {
        guard !isStopped, heldStart < held.count, let limit = settings.maxConcurrency,
            inFlight.count + entering < limit
        else { return }
        let index = held[heldStart]
        let origin = clock.now
        heldStart += 1
        entering += 1
        // Not within the call that ended another: failures at once would nest without end.
        loop.assumeIsolated().execute {
            self.entering -= 1
            if self.isStopped { self.endIfDone() } else { self.send(index, origin: origin) }
        }
    }

    /// The run's time is over.
    private func stop() {
        guard !isOver else { return }
        isStopped = true
        let exchanges = inFlight.values.map(\.exchange)
        for exchange in exchanges { exchange.stop(.run) }
        endIfDone()
    }

    private func endIfDone() {
        let isAllSent = next == workload.count && heldStart == held.count
        guard !isOver, inFlight.isEmpty, entering == 0, isStopped || isAllSent else { return }
        isOver = true
        let last = records.lazy.map(\.ended).max() ?? clock.now
        promise.succeed(
            RunRecord(
                requests: records.sorted { $0.index < $1.index },
                notSent: workload.count - records.count, duration: last - .zero))
    }

    private func report() {
        onProgress(
            RunProgress(
                ended: records.count, inFlight: inFlight.count, total: workload.count))
    }
}
