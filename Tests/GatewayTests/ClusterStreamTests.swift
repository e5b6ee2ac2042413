internal import Domain
internal import Gateway
internal import ServiceLifecycle
internal import Testing

/// The feed of a dashboard.
@Suite(.timeLimit(.minutes(5))) struct ClusterStreamTests {
    private static func fast() -> GatewayLimits {
        var limits = GatewayLimits()
        limits.clusterInterval = .milliseconds(10)
        return limits
    }

    private func open(_ server: TestServer, query: String = "") async throws -> RawClient {
        let client = try server.connect()
        try await client.send(TestServer.request("GET", "/v1/cluster/stream" + query))
        return client
    }

    @Test func snapshotsAndEvents() async throws {
        let cluster = FakeCluster()
        cluster.log("drop_started", "first")
        cluster.log("drop_finished", "second")
        try await TestServer.run(operations: cluster, limits: Self.fast()) { server in
            let client = try await open(server, query: "?after=1")
            let head = String(decoding: try await client.read(until: "\r\n\r\n"), as: UTF8.self)
            #expect(head.contains("200"))
            #expect(head.lowercased().contains("content-type: text/event-stream; charset=utf-8"))
            let first = try #require(try await client.readChunk())
            let parts = first.split(separator: "\n\n").map(String.init)
            let second =
                #"{"number":2,"time":0.5,"kind":"drop_finished","message":"second"}"#
            #expect(parts.first == "event: log\ndata: " + second)
            #expect(parts.count == 2)
            let snapshot = try await server.send("GET", "/v1/cluster").text
            #expect(parts.last == "event: snapshot\ndata: " + snapshot)

            var changed = ClusterSnapshot.test
            changed.waiting = 77
            cluster.show(changed)
            cluster.log("restore_started", "third")
            var text = ""
            while !text.contains("third") || !text.contains(#""waiting":77"#) {
                text += try #require(try await client.readChunk())
            }
            #expect(text.matches(of: /event: log/).count == 1)
            #expect(!text.contains("second"))
            await client.close()
        }
    }

    /// Somebody who comes late gets the newest events and no flood.
    @Test func longLog() async throws {
        let cluster = FakeCluster()
        for number in 1...600 { cluster.log("preempted", "event \(number).") }
        try await TestServer.run(operations: cluster, limits: Self.fast()) { server in
            let client = try await open(server)
            _ = try await client.read(until: "\r\n\r\n")
            let text = try #require(try await client.readChunk())
            #expect(text.matches(of: /event: log/).count == 500)
            #expect(!text.contains("event 100.") && text.contains("event 101."))
            #expect(text.contains("event 600."))
            await client.close()
        }
    }

    @Test func endsWhenTheServerDrains() async throws {
        try await TestServer.runService(
            ScriptedBackend(), operations: FakeCluster(), limits: Self.fast()
        ) { port, group in
            let client = try RawClient(port: port)
            try await client.send(TestServer.request("GET", "/v1/cluster/stream"))
            _ = try await client.read(until: "\r\n\r\n")
            #expect(try await client.readChunk()?.contains("event: snapshot") == true)
            await group.triggerGracefulShutdown()
            var text = ""
            while let chunk = try await client.readChunk() { text += chunk }
            #expect(text.hasSuffix("event: end\ndata: {\"reason\":\"draining\"}\n\n"))
        }
    }

    /// A place is taken by each open stream and given back when its client leaves.
    @Test func boundedNumber() async throws {
        var limits = Self.fast()
        limits.maxClusterStreams = 2
        try await TestServer.run(operations: FakeCluster(), limits: limits) { server in
            let clients = [try await open(server), try await open(server)]
            for client in clients { _ = try await client.read(until: "\r\n\r\n") }
            let refused = try await server.send("GET", "/v1/cluster/stream")
            #expect(refused.status == 503)
            #expect(try refused.json()["error"]?["code"] == "too_many_streams")
            #expect(refused.headers["retry-after"] == "5")
            await clients[0].close()
            var head: String
            repeat {
                let client = try await open(server)
                head = String(decoding: try await client.read(until: "\r\n\r\n"), as: UTF8.self)
                await client.close()
            } while head.contains(" 503 ")
            #expect(head.contains(" 200 "))
            await clients[1].close()
        }
    }

    /// Asking for the head alone leaves no stream behind.
    @Test func headOfAStream() async throws {
        var limits = Self.fast()
        limits.maxClusterStreams = 1
        try await TestServer.run(operations: FakeCluster(), limits: limits) { server in
            for _ in 0..<3 {
                let client = try server.connect()
                try await client.send(TestServer.request("HEAD", "/v1/cluster/stream"))
                let head = String(decoding: try await client.read(until: "\r\n\r\n"), as: UTF8.self)
                #expect(head.contains(" 200 "))
                await client.close()
            }
        }
    }

    /// A stream lives longer than a connection may be idle.
    @Test func outlivesTheIdleTimeout() async throws {
        var limits = Self.fast()
        limits.idleTimeout = .milliseconds(100)
        limits.clusterInterval = .milliseconds(60)
        try await TestServer.run(operations: FakeCluster(), limits: limits) { server in
            let client = try await open(server)
            _ = try await client.read(until: "\r\n\r\n")
            for _ in 0..<6 {
                #expect(try await client.readChunk()?.contains("event: snapshot") == true)
            }
            await client.close()
        }
    }

    @Test func badPlaceToBegin() async throws {
        try await TestServer.run(operations: FakeCluster()) { server in
            let reply = try await server.send("GET", "/v1/cluster/stream?after=x")
            #expect(reply.status == 400)
        }
    }
}
