internal import Domain
internal import Gateway
internal import Telemetry
internal import Testing

/// Routes, errors and keys over real sockets.
@Suite struct ServerTests {
    @Test func healthFollowsTheBackend() async throws {
        try await TestServer.run { server in
            for path in ["/health", "/ready", "/ping"] {
                let reply = try await server.send("GET", path)
                #expect(reply.status == 200)
                #expect(reply.body.isEmpty)
            }
            let phases: [(BackendState.Phase, String)] = [
                (.loading, "model_loading"), (.draining, "server_draining"),
                (.failed("bad disk"), "engine_failed"),
            ]
            for (phase, code) in phases {
                server.backend.state = BackendState(phase: phase)
                for (method, path) in [("GET", "/health"), ("POST", "/v1/completions")] {
                    let reply = try await server.send(method, path, body: #"{"prompt":"a"}"#)
                    #expect(reply.status == 503)
                    #expect(try reply.json()["error"]?["code"] == .string(code))
                    #expect(reply.headers["retry-after"].flatMap { Int($0) } ?? 0 >= 1)
                }
            }
        }
    }

    @Test func models() async throws {
        try await TestServer.run { server in
            let list = try await server.send("GET", "/v1/models").json()
            #expect(list["data"]?.arrayValue?.map { $0["id"] } == ["demo", "org/demo"])
            #expect(list["data"]?.arrayValue?.first?["max_model_len"] == 4096)
            for path in ["demo", "org/demo", "org%2Fdemo"] {
                let reply = try await server.send("GET", "/v1/models/\(path)")
                #expect(try reply.json()["object"] == "model")
            }
            let missing = try await server.send("GET", "/v1/models/gpt-4")
            #expect(missing.status == 404)
            #expect(try missing.json()["error"]?["code"] == "model_not_found")
        }
    }

    @Test func tokenizer() async throws {
        try await TestServer.run { server in
            let plain = try await server.post("/tokenize", #"{"prompt":"ab"}"#)
            #expect(
                plain.text
                    == #"{"count":2,"max_model_len":4096,"tokens":[97,98],"token_strs":null}"#)
            let named = try await server.post(
                "/tokenize", #"{"prompt":"a ","return_token_strs":true}"#)
            #expect(try named.json()["token_strs"] == ["a", "Ġ"])
            let chat = try await server.post(
                "/tokenize",
                #"{"messages":[{"role":"user","content":"x"}],"add_generation_prompt":false}"#)
            #expect(try chat.json()["count"] == .int("<user>x</>".utf8.count))
            let back = try await server.post("/detokenize", #"{"tokens":[97,98]}"#)
            #expect(back.text == #"{"prompt":"ab"}"#)
            let bad = try await server.post("/detokenize", #"{"tokens":[300]}"#)
            #expect(try bad.json()["error"]?["param"] == "tokens")
            let info = try await server.send("GET", "/tokenizer_info")
            #expect(try info.json()["vocab_size"] == 256)
        }
    }

    @Test func versionLoadAndMetrics() async throws {
        try await TestServer.run { server in
            #expect(try await server.send("GET", "/version").text == #"{"version":"1.2.3"}"#)
            #expect(try await server.send("GET", "/load").json()["server_load"] == 0)
            _ = try await server.post("/v1/completions", #"{"prompt":"a","n":2,"max_tokens":3}"#)
            _ = try await server.send("GET", "/secret/path")
            let metrics = try await server.send("GET", "/metrics")
            let type = metrics.headers["content-type"]
            #expect(type == "text/plain; version=0.0.4; charset=utf-8")
            let text = metrics.text
            let common = #"{model_name="demo",engine="0"}"#
            #expect(text.contains("vllm:num_requests_running\(common) 0.0"))
            #expect(text.contains("vllm:request_params_n_sum\(common) 2.0"))
            let requests = "kunserve:http_requests_total"
            #expect(text.contains(#"\#(requests){path="/v1/completions",status="200"} 1"#))
            #expect(text.contains(#"\#(requests){path="other",status="404"} 1"#))
            #expect(!text.contains("secret"))
        }
    }

    struct Refusal: Sendable {
        var request: String
        var body: String?
        var status = 400
        var param: String?
        var code: String?
    }

    @Test(arguments: [
        Refusal(request: "POST /v1/completions", body: "{"),
        Refusal(request: "POST /v1/completions", body: #"{"prompt":7}"#, param: "prompt"),
        Refusal(
            request: "POST /v1/completions", body: #"{"prompt":"a","model":"x"}"#, status: 404,
            param: "model", code: "model_not_found"),
        Refusal(request: "POST /v1/completions", body: #"{"prompt":""}"#, param: "prompt"),
        Refusal(
            request: "POST /v1/completions", body: #"{"prompt":"a","max_tokens":4096}"#,
            param: "prompt", code: "context_length_exceeded"),
        Refusal(request: "POST /v1/chat/completions", body: "{}", param: "messages"),
        Refusal(request: "GET /v1/completions", status: 405, code: "method_not_allowed"),
        Refusal(request: "DELETE /health", status: 405, code: "method_not_allowed"),
        Refusal(request: "GET /", status: 404, code: "unknown_url"),
        Refusal(request: "POST /v1/embeddings", body: "{}", status: 404, code: "unknown_url"),
        Refusal(
            request: "GET /v1/models/%ff%fe", status: 404, param: "model",
            code: "model_not_found"),
        Refusal(
            request: "PATCH /../../etc/passwd", body: "x", status: 404, code: "unknown_url"),
    ])
    func errors(refusal: Refusal) async throws {
        try await TestServer.run { server in
            let parts = refusal.request.split(separator: " ").map(String.init)
            let reply = try await server.send(parts[0], parts[1], body: refusal.body)
            #expect(reply.status == refusal.status)
            let error = try #require(try reply.json()["error"]?.objectValue)
            #expect(error.keys == ["message", "type", "param", "code"])
            #expect(error["type"] == "invalid_request_error")
            #expect(error["param"] == refusal.param.map { .string($0) } ?? .null)
            #expect(error["code"] == refusal.code.map { .string($0) } ?? .null)
        }
    }

    @Test(
        arguments: [
            (RejectReason.overloaded(queued: 40, limit: 40), 503, "server_overloaded", "10"),
            (.draining, 503, "server_draining", "1"),
            (.contextLengthExceeded(prompt: 9, limit: 8), 400, "context_length_exceeded", nil),
            (.exceedsMemory(needed: 9, available: 8), 400, "exceeds_memory", nil),
        ] as [(RejectReason, Int, String, String?)])
    func rejections(
        reason: RejectReason, status: Int, code: String, retryAfter: String?
    ) async throws {
        let backend = ScriptedBackend { _ in [.emit(.rejected(reason))] }
        backend.state = BackendState(phase: .ready, running: 4, waiting: 40)
        try await TestServer.run(backend) { server in
            for stream in [false, true] {
                for n in [1, 2] {
                    let reply = try await server.post(
                        "/v1/completions", #"{"prompt":"a","stream":\#(stream),"n":\#(n)}"#)
                    #expect(reply.status == status)
                    #expect(try reply.json()["error"]?["code"] == .string(code))
                    #expect(reply.headers["retry-after"] == retryAfter)
                }
            }
        }
    }

    @Test func failures() async throws {
        let backend = ScriptedBackend { request in
            let usage = GenerationUsage(promptTokens: 1, generatedTokens: 1, cachedTokens: 0)
            let end = ScriptedBackend.Act.emit(.finished(.failed("lost"), usage))
            return request.prompt == [98] ? [end] : ScriptedBackend.say("x").dropLast() + [end]
        }
        try await TestServer.run(backend) { server in
            for body in [#"{"prompt":"a"}"#, #"{"prompt":"b","stream":true}"#] {
                let reply = try await server.post("/v1/completions", body)
                #expect(reply.status == 500)
                #expect(try reply.json()["error"]?["message"] == "lost")
            }
            let reply = try await server.post("/v1/completions", #"{"prompt":"a","stream":true}"#)
            #expect(reply.status == 200)
            #expect(reply.events.count == 3 && reply.events.last == "[DONE]")
            #expect(try reply.eventObjects().last?["error"]?["code"] == "engine_error")
        }
    }

    @Test(arguments: [1, 2])
    func engineThatBreaksOff(choices: Int) async throws {
        let backend = ScriptedBackend { _ in Array(ScriptedBackend.say("ab").dropLast()) }
        try await TestServer.run(backend) { server in
            let whole = try await server.post(
                "/v1/completions", #"{"prompt":"a","n":\#(choices)}"#)
            #expect(whole.status == 500)
            let stream = try await server.post(
                "/v1/completions", #"{"prompt":"a","stream":true,"n":\#(choices)}"#)
            let last = try stream.eventObjects().last
            #expect(last?["error"]?["message"] == "The generation broke off.")
        }
    }

    @Test func apiKey() async throws {
        try await TestServer.run(apiKey: "s3cret") { server in
            for path in ["/health", "/metrics", "/version", "/ping"] {
                #expect(try await server.send("GET", path).status == 200)
            }
            let guarded = [
                ("GET", "/v1/models"), ("POST", "/v1/completions"), ("POST", "/tokenize"),
                ("POST", "/detokenize"), ("GET", "/tokenizer_info"), ("GET", "//v1/models"),
                ("GET", "/v1//models/demo"),
            ]
            for (method, path) in guarded {
                for key in [nil, "Bearer s3cre", "Bearer s3crett", "s3cret", "Bearer "] {
                    let headers = key.map { ["Authorization": $0] } ?? [:]
                    let reply = try await server.send(method, path, headers: headers)
                    #expect(reply.status == 401)
                    #expect(try reply.json()["error"]?["code"] == "invalid_api_key")
                }
            }
            for scheme in ["Bearer", "bearer"] {
                let headers = ["Authorization": "\(scheme) s3cret"]
                #expect(try await server.send("GET", "/v1/models", headers: headers).status == 200)
            }
        }
    }

    @Test func requestIDs() async throws {
        try await TestServer.run { server in
            let echoed = try await server.send(
                "GET", "/health", headers: ["X-Request-Id": "abc-1"])
            #expect(echoed.headers["x-request-id"] == "abc-1")
            let made = try await server.send("GET", "/nothing", headers: ["X-Request-Id": "a b"])
            #expect(made.headers["x-request-id"]?.count == 32)
        }
    }

    @Test func connectionsAreKeptAndPipelined() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            let request = TestServer.request(
                "POST", "/v1/completions", body: #"{"prompt":"a"}"#)
            let stream = TestServer.request(
                "POST", "/v1/completions", body: #"{"prompt":"a","stream":true}"#)
            try await client.send(request + stream + request + TestServer.request("GET", "/ping"))
            #expect(try await client.readReply().status == 200)
            #expect(try await client.readReply().events.last == "[DONE]")
            #expect(try await client.readReply().status == 200)
            #expect(try await client.readReply().body.isEmpty)
            await client.close()
        }
    }
}
