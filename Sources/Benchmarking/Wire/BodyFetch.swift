internal import Domain
internal import NIOCore

/// A small whole response: `GET` of something that is not a stream.
final class BodyFetch: ResponseConsumer {
    static let limit = 4 << 20

    private(set) var isFinished = false
    private var status = 0
    private var body: [UInt8] = []
    private weak var connection: ClientConnection?
    private let onEnd: (Result<(status: Int, body: [UInt8]), TransportFailure>) -> Void

    init(onEnd: @escaping (Result<(status: Int, body: [UInt8]), TransportFailure>) -> Void) {
        self.onEnd = onEnd
    }

    func requestLeaves(over connection: ClientConnection) { self.connection = connection }

    func receiveHead(status: Int) { self.status = status }

    func receiveBody(_ bytes: ByteBuffer) {
        guard body.count + bytes.readableBytes <= Self.limit else {
            end(.failure(.malformed("a response of more than \(Self.limit) bytes")))
            connection?.abandon()
            return
        }
        body.append(contentsOf: bytes.readableBytesView)
    }

    func receiveEnd() { end(.success((status, body))) }

    func receiveFailure(_ failure: TransportFailure) { end(.failure(failure)) }

    /// Waits no longer.
    func cancel() {
        isFinished = true
        connection?.abandon()
    }

    private func end(_ result: Result<(status: Int, body: [UInt8]), TransportFailure>) {
        guard !isFinished else { return }
        isFinished = true
        onEnd(result)
    }
}
