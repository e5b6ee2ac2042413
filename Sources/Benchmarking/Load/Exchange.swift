internal import Domain
internal import NIOCore

/// One request in flight: takes the stream as it arrives and ends with a `RequestRecord`.
///
/// A time is taken when bytes come out of the socket, before they are parsed.
final class Exchange: ResponseConsumer {
    /// Of one answer; what is longer is malformed.
    static let maxBodyBytes = 256 << 20
    private static let maxErrorBytes = 64 << 10

    private(set) var record: RequestRecord
    private(set) var isFinished = false
    private let clock: RunClock
    private let keepsText: Bool
    private let onEnd: (Exchange) -> Void
    private var parser = EventStreamParser()
    private var events: [[UInt8]] = []
    private var status = 0
    private var bodyBytes = 0
    private var errorBody: [UInt8] = []
    private var hasFinishReason = false
    private var isDone = false
    private weak var connection: ClientConnection?

    /// - Parameter record: as far as it is known before sending.
    init(
        _ record: RequestRecord, clock: RunClock, keepsText: Bool,
        onEnd: @escaping (Exchange) -> Void
    ) {
        self.record = record
        self.clock = clock
        self.keepsText = keepsText
        self.onEnd = onEnd
        if keepsText { self.record.text = "" }
    }

    func requestLeaves(over connection: ClientConnection) {
        self.connection = connection
        if record.sent == nil { record.sent = clock.now }
    }

    func receiveHead(status: Int) { self.status = status }

    func receiveBody(_ bytes: ByteBuffer) {
        let now = clock.now
        bodyBytes += bytes.readableBytes
        guard bodyBytes <= Self.maxBodyBytes else {
            return breakOff(.malformed, "an answer of more than \(Self.maxBodyBytes) bytes")
        }
        guard status == 200 else {
            let room = Self.maxErrorBytes - errorBody.count
            errorBody.append(contentsOf: bytes.readableBytesView.prefix(room))
            return
        }
        do throws(EventStreamError) {
            try parser.feed(bytes.readableBytesView, into: &events)
            for data in events {
                switch try StreamEvent(data) {
                case .done: isDone = true
                case .chunk(let chunk): take(chunk, at: now)
                }
                guard !isFinished else { return }
            }
            events.removeAll(keepingCapacity: true)
        } catch {
            breakOff(.malformed, error.message)
        }
    }

    private func take(_ chunk: CompletionChunk, at now: Instant) {
        if let message = chunk.error { return breakOff(.serverError, message) }
        if let tokens = chunk.promptTokens { record.inputTokens = tokens }
        if let tokens = chunk.completionTokens { record.outputTokens = tokens }
        guard let text = chunk.text else { return }
        if keepsText { record.text? += text }
        record.last = now
        if chunk.finishReason != nil { hasFinishReason = true }
        guard !chunk.isRoleOnly else { return }
        // A chunk that only ends the answer brings no token, unless nothing came before it.
        if !text.isEmpty || chunk.finishReason == nil || record.chunks.isEmpty {
            record.chunks.append(now)
        }
    }

    func receiveEnd() {
        switch status {
        case 200:
            let isWhole = !record.chunks.isEmpty && (hasFinishReason || isDone)
            finish(
                isWhole
                    ? .completed
                    : .failed(.truncated, message: "the stream ended before the answer did"))
        case 429, 503:
            finish(.rejected(status: status))
        default:
            finish(.failed(.status, message: "\(status) \(errorMessage)"))
        }
    }

    func receiveFailure(_ failure: TransportFailure) {
        switch failure {
        case .cannotConnect(let reason): finish(.failed(.cannotConnect, message: reason))
        case .closedEarly:
            finish(.failed(.closedEarly, message: "the connection closed without an answer"))
        case .truncated where isDone && status == 200: receiveEnd()
        case .truncated:
            finish(.failed(.truncated, message: "the connection closed within the answer"))
        case .malformed(let reason): finish(.failed(.malformed, message: reason))
        }
    }

    /// Waits no longer; what was done already counts.
    func stop(_ limit: RequestOutcome.TimeLimit) {
        guard !isFinished else { return }
        if isDone && status == 200 { receiveEnd() } else { finish(.timedOut(limit)) }
        connection?.abandon()
    }

    private func breakOff(_ kind: RequestOutcome.FailureKind, _ message: String) {
        finish(.failed(kind, message: String(message.prefix(500))))
        connection?.abandon()
    }

    private func finish(_ outcome: RequestOutcome) {
        guard !isFinished else { return }
        isFinished = true
        record.outcome = outcome
        record.ended = clock.now
        if record.outputTokens == 0 { record.outputTokens = record.chunks.count }
        connection = nil
        onEnd(self)
    }

    private var errorMessage: String {
        guard let json = try? JSON.parse(errorBody),
            let message = json["error"]?["message"]?.stringValue
        else { return String(decoding: errorBody.prefix(200), as: UTF8.self) }
        return String(message.prefix(500))
    }
}
