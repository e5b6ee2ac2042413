internal import NIOCore
internal import NIOHTTP1

/// One connection to the server: at most one request at a time, kept for the next one when the
/// server allows.
///
/// States: idle (no request) and busy. A byte that arrives on an idle connection is the server's
/// fault and closes it. The server closing an idle connection is legal at any time; a request that
/// crossed with it is sent once more over a fresh one.
final class ClientConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private var pool: ConnectionPool?
    private var context: ChannelHandlerContext?
    private var request: WireRequest?
    private var answered = 0
    private var hasResponse = false
    private var staysOpen = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// From here on the connection reports to `pool`.
    func join(_ pool: ConnectionPool) { self.pool = pool }

    var isActive: Bool { context?.channel.isActive ?? false }

    /// - Precondition: idle.
    func send(_ request: WireRequest, headers: HTTPHeaders) {
        precondition(self.request == nil, "one request at a time")
        guard let context else {
            request.consumer.receiveFailure(.closedEarly)
            return
        }
        self.request = request
        hasResponse = false
        request.consumer.requestLeaves(over: self)
        context.write(wrapOutboundOut(.head(request.head(headers))), promise: nil)
        if let body = request.body {
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Nobody waits for the response any more; the server sees the connection close.
    func abandon() {
        request = nil
        context?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let consumer = request?.consumer else { return abandon() }
        switch unwrapInboundIn(data) {
        case .head(let head):
            hasResponse = true
            staysOpen = head.isKeepAlive
            consumer.receiveHead(status: Int(head.status.code))
        case .body(let bytes):
            consumer.receiveBody(bytes)
        case .end:
            request = nil
            answered += 1
            consumer.receiveEnd()
            if staysOpen { pool?.becameIdle(self) } else { context.close(promise: nil) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(hasResponse ? .truncated : .closedEarly)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.invalidEOFState: end(hasResponse ? .truncated : .closedEarly)
        case is HTTPParserError: end(.malformed("\(error)"))
        default: end(hasResponse ? .truncated : .closedEarly)
        }
        context.close(promise: nil)
    }

    private func end(_ failure: TransportFailure) {
        pool?.remove(self)
        guard let request = request.take() else { return }
        if failure == .closedEarly, answered > 0, let pool {
            pool.sendOverFreshConnection(request)
        } else {
            request.consumer.receiveFailure(failure)
        }
    }
}
