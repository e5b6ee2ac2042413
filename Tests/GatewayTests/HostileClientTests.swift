internal import Domain
internal import Gateway
import TestSupport
internal import Testing

/// Limits, slow clients and garbage: the server answers or hangs up, and goes on serving.
@Suite(.timeLimit(.minutes(5))) struct HostileClientTests {
    private static func tight() -> GatewayLimits {
        var limits = GatewayLimits()
        limits.maxBodySize = 1000
        limits.bodyTimeout = .milliseconds(500)
        limits.idleTimeout = .seconds(3)
        limits.maxHeaderSize = 2000
        return limits
    }

    private func expectServing(_ server: TestServer) async throws {
        let reply = try await server.post("/v1/completions", #"{"prompt":"a"}"#)
        #expect(reply.status == 200)
    }

    @Test func bodyTooLarge() async throws {
        try await TestServer.run(limits: Self.tight()) { server in
            let body = #"{"prompt":""# + String(repeating: "a", count: 2000) + "\"}"
            let reply = try await server.post("/v1/completions", body)
            #expect(reply.status == 413)
            #expect(reply.headers["connection"] == "close")
            #expect(try reply.json()["error"]?["code"] == "request_too_large")

            let client = try server.connect()
            try await client.send(
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            try await client.send("7d0\r\n" + String(repeating: "a", count: 2000) + "\r\n")
            #expect(try await client.readReply().status == 413)
            #expect(try await client.readToEnd().isEmpty)
            try await expectServing(server)
        }
    }

    @Test func bodyThatTrickles() async throws {
        try await TestServer.run(limits: Self.tight()) { server in
            let client = try server.connect()
            try await client.send(
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            let reply = try await client.readReply()
            #expect(reply.status == 408)
            #expect(try reply.json()["error"]?["code"] == "request_timeout")
            #expect(try await client.readToEnd().isEmpty)
            try await expectServing(server)
        }
    }

    @Test(arguments: ["", "POST /v1/comp", "POST / HTTP/1.1\r\nHost: x\r\nA:"])
    func headThatNeverEnds(start: String) async throws {
        try await TestServer.run(limits: Self.tight()) { server in
            let client = try server.connect()
            try await client.send(start)
            #expect(try await client.readToEnd().isEmpty)
            try await expectServing(server)
        }
    }

    @Test func headerTooLarge() async throws {
        try await TestServer.run(limits: Self.tight()) { server in
            let client = try server.connect()
            try? await client.send(
                "GET /health HTTP/1.1\r\nX: \(String(repeating: "a", count: 5000))\r\n\r\n")
            let text = String(decoding: try await client.readToEnd(), as: UTF8.self)
            #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400"))
            try await expectServing(server)
        }
    }

    @Test func brokenChunk() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try await client.send(
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            try await client.send("5\r\n{\"pro\r\nzz\r\n")
            let reply = try await client.readReply()
            #expect(reply.status == 400)
            #expect(try await client.readToEnd().isEmpty)
            try await expectServing(server)
        }
    }

    /// A connection above the limit is served when another one has gone.
    @Test func connectionsWaitTheirTurn() async throws {
        var limits = GatewayLimits()
        limits.maxConnections = 1
        try await TestServer.run(limits: limits) { server in
            let first = try server.connect()
            try await first.send(TestServer.request("GET", "/ping"))
            #expect(try await first.readReply().status == 200)
            let second = try server.connect()
            try await second.send(TestServer.request("GET", "/ping"))
            await first.close()
            #expect(try await second.readReply().status == 200)
        }
    }

    @Test func clientThatLeavesInItsBody() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try await client.send(
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            await client.close()
            try await expectServing(server)
        }
    }

    /// Whatever comes over a socket, the next client is served.
    @Test(arguments: 0..<6)
    func garbage(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        try await TestServer.run(
            operations: FakeCluster(), limits: Self.tight()
        ) { server in
            for _ in 0..<25 {
                let client = try server.connect()
                try? await client.send(Self.garbage(&random))
                if Bool.random(using: &random) {
                    _ = try? await client.readToEnd()
                }
                await client.close()
            }
            try await expectServing(server)
        }
    }

    private static let pieces = [
        "GET /health HTTP/1.1\r\n\r\n", "POST /v1/completions HTTP/1.1\r\n",
        "Content-Length: 5\r\n", "Content-Length: -1\r\n", "Content-Length: 99999999999999\r\n",
        "Transfer-Encoding: chunked\r\n", "\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n",
        "{\"prompt\":\"a\"}", "GET http://a:b@[::1]:x/%%%?=&# HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{0}\u{1}\u{FFFD}",
        "OPTIONS * HTTP/1.1\r\n\r\n", "GET //v1//models//?a=b HTTP/1.0\r\n\r\n", " : \r\n",
        "CONNECT a:1 HTTP/1.1\r\n\r\n", "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /v1/cluster/what-if HTTP/1.1\r\nHost: localhost\r\n",
        "GET /v1/cluster/log?after=-1&after= HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /v1/cluster/instances/%2e%2e/drain HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "Expect: 100-continue\r\n", "Upgrade: websocket\r\nConnection: upgrade\r\n",
    ]

    private static func garbage(_ random: inout SplitMix64) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            if Int.random(in: 0..<4, using: &random) == 0 {
                bytes += (0..<Int.random(in: 1...40, using: &random)).map { _ in
                    UInt8.random(in: .min ... .max, using: &random)
                }
            } else {
                bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
            }
        }
        return bytes
    }
}
