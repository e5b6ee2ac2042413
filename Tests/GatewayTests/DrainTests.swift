internal import Domain
internal import Gateway
internal import ServiceLifecycle
internal import Testing

/// Shutting down without losing answers.
@Suite(.timeLimit(.minutes(5))) struct DrainTests {
    @Test func streamsFinishAndNewcomersAreRefused() async throws {
        let backend = ScriptedBackend { _ in ScriptedBackend.say("ab").dropLast() + [.hold] }
        try await TestServer.runService(backend) { port, group in
            let running = try RawClient(port: port)
            let idle = try RawClient(port: port)
            try await idle.send(TestServer.request("GET", "/health"))
            #expect(try await idle.readReply().status == 200)
            try await running.send(
                TestServer.request(
                    "POST", "/v1/completions", body: #"{"prompt":"a","stream":true}"#))
            _ = try await running.read(until: "\r\n\r\n")
            await group.triggerGracefulShutdown()

            // The signal takes a moment to arrive.
            var health: HTTPReply
            repeat {
                try await idle.send(TestServer.request("GET", "/health"))
                health = try await idle.readReply()
            } while health.status == 200
            #expect(health.status == 503)
            #expect(try health.json()["error"]?["code"] == "server_draining")
            try await idle.send(
                TestServer.request("POST", "/v1/completions", body: #"{"prompt":"a"}"#))
            let refused = try await idle.readReply()
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == "1")

            backend.release(.length)
            var text = ""
            while let chunk = try await running.readChunk() { text += chunk }
            #expect(text.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test func patienceEnds() async throws {
        var limits = GatewayLimits()
        limits.drainTimeout = .milliseconds(100)
        let backend = ScriptedBackend { _ in [.hold] }
        try await TestServer.runService(backend, limits: limits) { port, group in
            let client = try RawClient(port: port)
            try await client.send(
                TestServer.request(
                    "POST", "/v1/completions", body: #"{"prompt":"a","stream":true}"#))
            await backend.wait(for: .started(RequestID(1)))
            await group.triggerGracefulShutdown()
            await backend.wait(for: .cancelled(RequestID(1)))
        }
    }

    @Test func portInUse() async throws {
        try await TestServer.runService(ScriptedBackend()) { port, group in
            let second = try TestServer.make(ScriptedBackend(), port: port) { _ in }
            await #expect(throws: (any Error).self) { try await second.run() }
            await group.triggerGracefulShutdown()
        }
    }

    @Test func idleServerStopsAtOnce() async throws {
        try await TestServer.runService(ScriptedBackend()) { _, group in
            await group.triggerGracefulShutdown()
        }
    }
}
