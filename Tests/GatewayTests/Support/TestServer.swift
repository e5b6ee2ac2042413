internal import Domain
internal import Gateway
internal import Logging
internal import ServiceLifecycle
internal import Telemetry
internal import Testing
internal import Tokenization

/// A real server on a free port.
struct TestServer: Sendable {
    let port: Int
    let backend: ScriptedBackend
    let metrics: ServerMetrics

    /// Runs `body` against a server and takes the server down.
    static func run(
        _ backend: ScriptedBackend = ScriptedBackend(),
        operations: (any ClusterOperations)? = nil,
        apiKey: String? = nil,
        adminKey: String? = nil,
        limits: GatewayLimits = GatewayLimits(),
        body: (TestServer) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let metrics = ServerMetrics.test
        let server = try make(
            backend, operations: operations, apiKey: apiKey, adminKey: adminKey,
            limits: limits, metrics: metrics
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
        _ backend: ScriptedBackend, operations: (any ClusterOperations)? = nil, port: Int = 0,
        apiKey: String? = nil, adminKey: String? = nil,
        limits: GatewayLimits = GatewayLimits(), metrics: ServerMetrics = .test,
        onListening: @escaping @Sendable (Int) -> Void
    ) throws -> GatewayServer {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return GatewayServer(
            configuration: GatewayConfiguration(
                port: port, apiKey: apiKey, adminKey: adminKey, version: "1.2.3", limits: limits),
            backend: backend, operations: operations, tokenizer: try TestTokenizer.make(),
            template: try TestTokenizer.template(), metrics: metrics, logger: logger,
            onListening: onListening)
    }

    /// Runs the server in a service group; `body` gets the port and the group, and ends the group.
    static func runService(
        _ backend: ScriptedBackend, operations: (any ClusterOperations)? = nil,
        limits: GatewayLimits = GatewayLimits(),
        _ body: (Int, ServiceGroup) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = try make(backend, operations: operations, limits: limits) {
            continuation.yield($0)
        }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(port, group)
            try await tasks.waitForAll()
        }
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
        var headers = headers
        headers["Host"] = headers["Host"] ?? "test"
        var text = "\(method) \(path) HTTP/1.1\r\n"
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
