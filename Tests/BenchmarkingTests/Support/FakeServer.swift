import Domain
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An OpenAI endpoint on a free port of this machine that behaves as told.
final class FakeServer: Sendable {
    /// What happens to one request for a completion.
    enum Behaviour: Sendable {
        /// Tokens, the first after a while; the usage is told at the end.
        case answer(tokens: Int, firstAfter: TimeAmount = .zero, gap: TimeAmount = .zero)
        /// One token, as soon as the condition holds.
        case answerWhen(@Sendable () -> Bool)
        case status(Int)
        /// The connection closes after some tokens.
        case cut(after: Int)
        /// The stream ends properly after some tokens, without saying so.
        case endEarly(after: Int)
        case silence
        case hangUp
        case bytes(String)
    }

    struct Request: Sendable {
        var path: String
        var headers: HTTPHeaders
        var body: JSON
        /// Which connection it came over.
        var connection: Int
    }

    let port: Int
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    private let state: State

    /// - Parameters:
    ///   - behave: given the number of the completion request, from 0, and the request.
    ///   - pages: answers to `GET`, by path and query; others get a 404.
    init(
        pages: @escaping @Sendable (String) -> JSON? = { _ in nil },
        _ behave: @escaping @Sendable (Int, Request) -> Behaviour
    ) async throws {
        let state = State(behave: behave, pages: pages)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(FakeHandler(state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel = channel
        self.state = state
        port = channel.localAddress?.port ?? 0
    }

    var requests: [Request] { state.log.withLock { $0 } }

    func stop() async throws {
        try await channel.close()
        try await group.shutdownGracefully()
    }

    /// Shared by the handlers of all connections.
    final class State: Sendable {
        let behave: @Sendable (Int, Request) -> Behaviour
        let pages: @Sendable (String) -> JSON?
        let log = Mutex<[Request]>([])
        let connections = Mutex(0)

        init(
            behave: @escaping @Sendable (Int, Request) -> Behaviour,
            pages: @escaping @Sendable (String) -> JSON?
        ) {
            self.behave = behave
            self.pages = pages
        }
    }
}

/// One connection of the fake server.
private final class FakeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: FakeServer.State
    private let number: Int
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ state: FakeServer.State) {
        self.state = state
        number = state.connections.withLock { count in
            count += 1
            return count
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
        case .end:
            guard let head else { return }
            if head.method == .GET {
                page(state.pages(head.uri), context)
            } else {
                complete(head, context)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func page(_ json: JSON?, _ context: ChannelHandlerContext) {
        writeHead(json == nil ? 404 : 200, context)
        write(json?.text ?? "{}", context)
        end(context)
    }

    private func complete(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let json = (try? JSON.parse(body)) ?? .null
        let request = FakeServer.Request(
            path: head.uri, headers: head.headers, body: json, connection: number)
        let index = state.log.withLock { log in
            log.append(request)
            return log.count - 1
        }
        switch state.behave(index, request) {
        case .answer(let tokens, let first, let gap):
            writeHead(200, context)
            stream(0, of: tokens, after: first, gap: gap, context)
        case .answerWhen(let condition):
            writeHead(200, context)
            wait(for: condition, context)
        case .status(let status):
            writeHead(status, context)
            write(#"{"error":{"message":"no room","type":"server_error"}}"#, context)
            end(context)
        case .cut(let tokens):
            writeHead(200, context)
            for token in 0..<tokens { writeToken(token, context) }
            context.flush()
            context.close(promise: nil)
        case .endEarly(let tokens):
            writeHead(200, context)
            for token in 0..<tokens { writeToken(token, context) }
            end(context)
        case .silence: break
        case .hangUp: context.close(promise: nil)
        case .bytes(let text):
            writeHead(200, context)
            write(text, context)
            end(context)
        }
    }

    private func wait(for condition: @escaping () -> Bool, _ context: ChannelHandlerContext) {
        guard !condition() else { return stream(0, of: 1, after: .zero, gap: .zero, context) }
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(2)) {
            self.wait(for: condition, context)
        }
    }

    private func stream(
        _ token: Int, of count: Int, after delay: TimeAmount, gap: TimeAmount,
        _ context: ChannelHandlerContext
    ) {
        guard delay == .zero else {
            context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
                self.stream(token, of: count, after: .zero, gap: gap, context)
            }
            return
        }
        if token < count {
            writeToken(token, context)
            context.flush()
            return stream(token + 1, of: count, after: gap, gap: gap, context)
        }
        write(
            #"data: {"choices":[{"index":0,"text":"","finish_reason":"length"}]}"# + "\n\n"
                + #"data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":"#
                + "\(count)}}\n\ndata: [DONE]\n\n", context)
        end(context)
    }

    private func writeToken(_ token: Int, _ context: ChannelHandlerContext) {
        write(
            #"data: {"choices":[{"index":0,"text":" t"#
                + "\(token)\",\"finish_reason\":null}]}\n\n", context)
    }

    private func writeHead(_ status: Int, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status),
            headers: ["Transfer-Encoding": "chunked"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }

    private func end(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
