internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// As many connections to one server as there are requests in flight; idle ones are used again,
/// the most recent first. Lives on one event loop.
final class ConnectionPool {
    private let loop: any EventLoop
    private let address: SocketAddress
    private let headers: HTTPHeaders
    private var idle: [ClientConnection] = []
    private var isClosed = false

    /// - Parameter address: resolved once, so that no request waits for a name service.
    init(loop: any EventLoop, address: SocketAddress, headers: HTTPHeaders) {
        self.loop = loop
        self.address = address
        self.headers = headers
    }

    func send(_ request: WireRequest) {
        while let connection = idle.popLast() {
            guard connection.isActive else { continue }
            return connection.send(request, headers: headers)
        }
        sendOverFreshConnection(request)
    }

    func sendOverFreshConnection(_ request: WireRequest) {
        Self.bootstrap(loop).connect(to: address)
            .flatMapThrowing { channel in
                try NIOLoopBound(
                    channel.pipeline.syncOperations.handler(type: ClientConnection.self),
                    eventLoop: channel.eventLoop)
            }
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let connection): self.opened(connection.value, for: request)
                case .failure(let error):
                    guard !request.consumer.isFinished else { return }
                    request.consumer.receiveFailure(.cannotConnect(ConnectError.text(error)))
                }
            }
    }

    private func opened(_ connection: ClientConnection, for request: WireRequest) {
        connection.join(self)
        guard !isClosed else { return connection.abandon() }
        guard !request.consumer.isFinished else { return becameIdle(connection) }
        connection.send(request, headers: headers)
    }

    func becameIdle(_ connection: ClientConnection) {
        guard !isClosed else { return connection.abandon() }
        idle.append(connection)
    }

    func remove(_ connection: ClientConnection) {
        idle.removeAll { $0 === connection }
    }

    /// Closes what is idle, and what is busy once it is not.
    func close() {
        isClosed = true
        let connections = idle
        idle = []
        for connection in connections { connection.abandon() }
    }

    static func bootstrap(_ loop: any EventLoop) -> ClientBootstrap {
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(10))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(ClientConnection())
                }
            }
    }

    /// What every request to `server` says.
    static func headers(for server: ServerAddress, apiKey: String?) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "Host": server.authority, "User-Agent": "kunserve-bench", "Accept": "*/*",
        ]
        if let apiKey { headers.add(name: "Authorization", value: "Bearer \(apiKey)") }
        return headers
    }
}
