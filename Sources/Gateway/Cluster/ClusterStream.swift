internal import Domain
internal import Hummingbird
internal import NIOCore

/// One dashboard's feed as server-sent events: `log` for each new entry of the event log, and
/// `snapshot` again and again, until the client leaves or the server drains.
struct ClusterStream {
    private let operations: any ClusterOperations
    private let gate: DrainGate
    private let interval: Duration
    private let watchdog: WriteWatchdog
    private var sink: any ResponseBodyWriter
    private var lastEvent: UInt64
    private var output: [UInt8] = []

    /// - Parameter after: the number of the last event that the client knows.
    init(
        _ access: ClusterAccess, serving: Serving, after: UInt64, sink: any ResponseBodyWriter,
        watchdog: WriteWatchdog
    ) {
        operations = access.operations
        gate = serving.gate
        interval = serving.limits.clusterInterval
        self.watchdog = watchdog
        self.sink = sink
        lastEvent = after
    }

    /// Returns when the server drains; throws when the client is gone.
    @concurrent mutating func run() async throws {
        while !gate.isDraining {
            writeNewEvents()
            writeEvent("snapshot", operations.snapshot().json)
            try await flush()
            try await Task.sleep(for: interval)
        }
        writeNewEvents()
        writeEvent("end", ["reason": "draining"])
        try await flush()
    }

    /// A client that is far behind gets the newest ones; the rest is at `/v1/cluster/log`.
    private static let maxEventsAtOnce = 500

    private mutating func writeNewEvents() {
        let events = operations.events(after: lastEvent).suffix(Self.maxEventsAtOnce)
        for event in events { writeEvent("log", event.json) }
        lastEvent = events.last?.number ?? lastEvent
    }

    private mutating func writeEvent(_ name: StaticString, _ data: JSON) {
        output.raw("event: ")
        output.raw(name)
        output.raw("\ndata: ")
        output.value(data)
        output.raw("\n\n")
    }

    @concurrent private mutating func flush() async throws {
        let buffer = ByteBuffer(bytes: output)
        output.removeAll(keepingCapacity: true)
        watchdog.writeBegins()
        defer { watchdog.writeEnds() }
        try await sink.write(buffer)
    }
}
