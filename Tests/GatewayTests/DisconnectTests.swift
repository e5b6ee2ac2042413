internal import Domain
internal import Gateway
internal import Testing

/// Clients that leave: their generations must end.
@Suite(.timeLimit(.minutes(5))) struct DisconnectTests {
    /// Two tokens, then nothing for ever.
    private static func endless() -> ScriptedBackend {
        ScriptedBackend { _ in ScriptedBackend.say("ab").dropLast() + [.hold] }
    }

    private static func completion(_ members: String) -> String {
        TestServer.request(
            "POST", "/v1/completions", body: #"{"prompt":"a",\#(members)}"#)
    }

    @Test func whileStreaming() async throws {
        let backend = Self.endless()
        try await TestServer.run(backend) { server in
            let client = try server.connect()
            try await client.send(Self.completion(#""stream":true"#))
            _ = try await client.read(until: "\r\n\r\n")
            #expect(try await client.readChunk()?.contains(#""text":"a""#) == true)
            await client.close()
            await backend.wait(for: .cancelled(RequestID(1)))
        }
    }

    @Test func whileWaitingForAWholeAnswer() async throws {
        let backend = Self.endless()
        try await TestServer.run(backend) { server in
            let client = try server.connect()
            try await client.send(Self.completion(#""n":1"#))
            await backend.wait(for: .started(RequestID(1)))
            await client.close()
            await backend.wait(for: .cancelled(RequestID(1)))
        }
    }

    @Test func beforeTheFirstToken() async throws {
        let backend = ScriptedBackend { _ in [.hold] }
        try await TestServer.run(backend) { server in
            let client = try server.connect()
            try await client.send(Self.completion(#""stream":true"#))
            await backend.wait(for: .started(RequestID(1)))
            await client.close()
            await backend.wait(for: .cancelled(RequestID(1)))
        }
    }

    @Test func allChoicesEnd() async throws {
        let backend = Self.endless()
        try await TestServer.run(backend) { server in
            let client = try server.connect()
            try await client.send(Self.completion(#""stream":true,"n":3"#))
            _ = try await client.read(until: "\r\n\r\n")
            await client.close()
            var cancelled: Set<ScriptedBackend.Note> = []
            for await note in backend.notes {
                if case .cancelled = note { cancelled.insert(note) }
                if cancelled.count == 3 { break }
            }
            #expect(cancelled.count == 3)
        }
    }

    @Test func oneRejectedChoiceEndsTheOthers() async throws {
        let backend = ScriptedBackend { request in
            request.id == RequestID(2)
                ? [.emit(.rejected(.overloaded(queued: 1, limit: 1)))] : [.hold]
        }
        try await TestServer.run(backend) { server in
            let reply = try await server.post(
                "/v1/completions", #"{"prompt":"a","n":2,"stream":true}"#)
            #expect(reply.status == 503)
            await backend.wait(for: .cancelled(RequestID(1)))
        }
    }

    /// A client that reads nothing is hung up on when the socket is full.
    @Test func clientThatTakesNoBytes() async throws {
        var limits = GatewayLimits()
        limits.writeTimeout = .milliseconds(200)
        let token = SampledToken(
            token: 97, logprob: -1, rank: 1,
            top: Array(repeating: TokenLogprob(token: 98, logprob: -0.123456), count: 20))
        let step = [SampledToken](repeating: token, count: 100)
        let backend = ScriptedBackend { _ in
            Array(repeating: .emit(.tokens(step)), count: 200) + [.hold]
        }
        try await TestServer.run(backend, limits: limits) { server in
            let client = try server.connect()
            let body =
                #"{"messages":[{"role":"user","content":"x"}],"stream":true,"#
                + #""logprobs":true,"top_logprobs":20}"#
            try await client.send(
                TestServer.request("POST", "/v1/chat/completions", body: body))
            await backend.wait(for: .cancelled(RequestID(1)))
            await client.close()
        }
    }
}
