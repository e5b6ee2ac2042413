internal import NIOCore

/// Sits in a connection's pipeline and notices when the client leaves, also while a request is
/// being served and nobody reads. Unlike reading the request stream to its end this keeps the
/// connection usable for the next request.
final class ConnectionMonitor: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    let lifetime = ConnectionLifetime()

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { lifetime.end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        lifetime.end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { lifetime.end() }
}
