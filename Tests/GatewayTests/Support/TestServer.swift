internal import Domain
internal import Gateway
internal import Logging
internal import Telemetry
internal import Tokenization

/// A real server on a free port.
struct TestServer: Sendable {
    let port: Int
    let backend: ScriptedBackend
    let metrics: ServerMetrics

    /// Runs `body` against a server and takes the server down.
    static func run(
        _ backend: ScriptedBackend = ScriptedBackend(),
        apiKey: String? = nil,
        limits: GatewayLimits = GatewayLimits(),
        body: (TestServer) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let metrics = ServerMetrics.test
        let server = try make(
            backend, apiKey: apiKey, limits: limits, metrics: metrics
        ) { continuation.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run()
            }
            var iterator = ports.makeAsyncIterator()
            if let port = await iterator.next() {
                try await body(TestServer(port: port, backend: backend, metrics: metrics))
            }
            group.cancelAll()
            // The listener ends with an error of its own when it is cancelled.
            try? await group.waitForAll()
        }
    }

    static func make(
        _ backend: ScriptedBackend, port: Int = 0, apiKey: String? = nil,
        limits: GatewayLimits = GatewayLimits(), metrics: ServerMetrics = .test,
        onListening: @escaping @Sendable (Int) -> Void
    ) throws -> GatewayServer {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return GatewayServer(
            configuration: GatewayConfiguration(
                port: port, apiKey: apiKey, version: "1.2.3", limits: limits),
            backend: backend, tokenizer: try TestTokenizer.make(),
            template: try TestTokenizer.template(), metrics: metrics, logger: logger,
            onListening: onListening)
    }

    func connect(timeout: Int = 20) throws -> RawClient {
        try RawClient(port: port, timeout: timeout)
    }

    /// One request on a connection of its own.
    func send(
        _ method: String, _ path: String, body: String? = nil, headers: [String: String] = [:]
    ) async throws -> HTTPReply {
        let client = try connect()
        try await client.send(Self.request(method, path, body: body, headers: headers))
        let reply = try await client.readReply()
        await client.close()
        return reply
    }

    func post(_ path: String, _ body: String) async throws -> HTTPReply {
        try await send("POST", path, body: body)
    }

    static func request(
        _ method: String, _ path: String, body: String? = nil, headers: [String: String] = [:]
    ) -> String {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: test\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            text += "\(name): \(value)\r\n"
        }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        return text + "\r\n" + (body ?? "")
    }
}

extension ServerMetrics {
    static var test: ServerMetrics {
        ServerMetrics(
            modelName: "demo", maxModelLength: 4096, blockSize: 16, blockCount: 100,
            version: "1.2.3")
    }
}
