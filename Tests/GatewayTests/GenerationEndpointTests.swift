internal import Domain
internal import Gateway
internal import Testing

@Suite struct GenerationEndpointTests {
    private static let chat = #""messages":[{"role":"user","content":"abc"}]"#

    @Test func completionInOnePiece() async throws {
        try await TestServer.run { server in
            let reply = try await server.post(
                "/v1/completions", #"{"model":"org/demo","prompt":"abc","max_tokens":5}"#)
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/json")
            #expect(reply.headers["server"] == "kunserve")
            let json = try reply.json()
            #expect(json["object"] == "text_completion")
            #expect(json["model"] == "org/demo")
            #expect(json["system_fingerprint"] == "fp_test")
            #expect(json["id"]?.stringValue?.hasPrefix("cmpl-") == true)
            #expect(
                json["choices"]?.text
                    == #"[{"index":0,"text":"Hi","logprobs":null,"#
                    + #""finish_reason":"length","stop_reason":null}]"#
            )
            #expect(json["usage"]?["total_tokens"] == 5)
            #expect(server.backend.requests.first?.prompt == [97, 98, 99])
            #expect(server.backend.requests.first?.stop.maxTokens == 5)
            #expect(server.backend.requests.first?.stop.stopTokens == [0])
        }
    }

    @Test func chatInOnePiece() async throws {
        try await TestServer.run { server in
            let reply = try await server.post(
                "/v1/chat/completions", "{\(Self.chat),\"tools\":[{\"x\":1}]}")
            let json = try reply.json()
            #expect(json["object"] == "chat.completion")
            #expect(json["model"] == "demo")
            #expect(
                json["choices"]?.text
                    == #"[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null},"#
                    + #""logprobs":null,"finish_reason":"length","stop_reason":null}]"#
            )
            let request = try #require(server.backend.requests.first)
            let prompt = String(decoding: request.prompt.map { UInt8($0.rawValue) }, as: UTF8.self)
            #expect(prompt == "<user>abc</><tools>1<assistant>")
            #expect(request.stop.maxTokens == 4096 - request.prompt.count)
        }
    }

    /// An answer names the tier that was used, where the request names one; the cell hears of the
    /// objective.
    @Test(arguments: [
        ("auto", "default", false), ("default", "default", false), ("flex", "flex", true),
        ("priority", "priority", false),
    ])
    func serviceTiers(asked: String, used: String, isBatch: Bool) async throws {
        try await TestServer.run { server in
            for stream in ["", #","stream":true"#] {
                let reply = try await server.post(
                    "/v1/chat/completions", "{\(Self.chat),\"service_tier\":\"\(asked)\"\(stream)}")
                let answers = stream.isEmpty ? [try reply.json()] : try reply.eventObjects()
                #expect(!answers.isEmpty)
                for answer in answers { #expect(answer["service_tier"]?.stringValue == used) }
                let request = try #require(server.backend.requests.last)
                #expect(request.objective == (isBatch ? ServiceLevelObjective(.batch) : nil))
                #expect(request.priority == (asked == "priority" ? -1 : 0))
            }
            let reply = try await server.post("/v1/chat/completions", "{\(Self.chat)}")
            #expect(try reply.json()["service_tier"] == nil)
        }
    }

    @Test func streamedChat() async throws {
        try await TestServer.run { server in
            let reply = try await server.post(
                "/v1/chat/completions",
                "{\(Self.chat),\"stream\":true,\"stream_options\":{\"include_usage\":true}}")
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "text/event-stream; charset=utf-8")
            #expect(reply.events.last == "[DONE]")
            let events = try reply.eventObjects()
            #expect(Set(events.map { $0["id"] }).count == 1)
            let choices = events.compactMap { $0["choices"]?.arrayValue?.first }
            #expect(
                choices.map { $0["delta"]?.text } == [
                    #"{"role":"assistant","content":""}"#, #"{"content":"H"}"#,
                    #"{"content":"i"}"#, "{}",
                ])
            #expect(choices.last?["finish_reason"] == "length")
            #expect(events.last?["choices"] == [])
            #expect(events.last?["usage"]?["completion_tokens"] == 2)
            #expect(events.dropLast().allSatisfy { $0["usage"] == .null })
        }
    }

    @Test func streamedCompletionWithChoices() async throws {
        let backend = ScriptedBackend { ScriptedBackend.say("c\($0.sampling.seed)") }
        try await TestServer.run(backend) { server in
            let reply = try await server.post(
                "/v1/completions", #"{"prompt":["a","b"],"n":2,"seed":4,"stream":true}"#)
            #expect(reply.events.last == "[DONE]")
            var texts = ["", "", "", ""]
            var endings = 0
            for event in try reply.eventObjects() {
                let choice = try #require(event["choices"]?.arrayValue?.first)
                let index = try #require(choice["index"]?.intValue)
                texts[index] += choice["text"]?.stringValue ?? ""
                if choice["finish_reason"] != .null { endings += 1 }
            }
            #expect(texts == ["c4", "c5", "c4", "c5"])
            #expect(endings == 4)
            #expect(backend.requests.map(\.prompt) == [[97], [97], [98], [98]])
        }
    }

    @Test(arguments: [false, true])
    func stopStringCutsAndCancels(streams: Bool) async throws {
        let backend = ScriptedBackend { _ in
            ScriptedBackend.say("one two").dropLast() + [.hold]
        }
        try await TestServer.run(backend) { server in
            let reply = try await server.post(
                "/v1/completions", #"{"prompt":"a","stop":[" t"],"stream":\#(streams)}"#)
            let objects = streams ? try reply.eventObjects() : [try reply.json()]
            let choices = objects.compactMap { $0["choices"]?.arrayValue?.first }
            #expect(choices.compactMap { $0["text"]?.stringValue }.joined() == "one")
            #expect(choices.last?["finish_reason"] == "stop")
            #expect(choices.last?["stop_reason"] == " t")
            await backend.wait(for: .stopString(RequestID(1)))
            await backend.wait(for: .cancelled(RequestID(1)))
        }
    }

    @Test func stopTokens() async throws {
        let backend = ScriptedBackend { _ in
            ScriptedBackend.say("ab!", reason: .stopToken(33))
        }
        try await TestServer.run(backend) { server in
            let reply = try await server.post(
                "/v1/completions",
                #"{"prompt":"a","stop_token_ids":[33],"return_token_ids":true}"#)
            let choice = try #require(try reply.json()["choices"]?.arrayValue?.first)
            #expect(choice["text"] == "ab")
            #expect(choice["stop_reason"] == 33)
            #expect(choice["token_ids"] == [97, 98, 33])
            #expect(choice["prompt_token_ids"] == [97])
            #expect(backend.requests.first?.stop.stopTokens == [0, 33])
        }
    }

    @Test func echoWithLogprobs() async throws {
        let backend = ScriptedBackend { _ in
            [.emit(.promptLogprobs([SampledToken(token: 98, logprob: -1, rank: 1)]))]
                + ScriptedBackend.say(steps: [[SampledToken(token: 99, logprob: -2, rank: 1)]])
        }
        try await TestServer.run(backend) { server in
            for maxTokens in [0, 1] {
                let reply = try await server.post(
                    "/v1/completions",
                    #"{"prompt":[97,98],"echo":true,"logprobs":1,"max_tokens":\#(maxTokens)}"#)
                let json = try reply.json()
                let choice = try #require(json["choices"]?.arrayValue?.first)
                let logprobs = try #require(choice["logprobs"])
                if maxTokens == 0 {
                    #expect(choice["text"] == "ab")
                    #expect(logprobs["tokens"] == ["a", "b"])
                    #expect(json["usage"]?["completion_tokens"] == 0)
                } else {
                    #expect(choice["text"] == "abc")
                    #expect(logprobs["text_offset"] == [0, 1, 2])
                    #expect(logprobs["token_logprobs"] == [nil, -1.0, -2.0])
                    #expect(logprobs["top_logprobs"] == [nil, ["b": -1.0], ["c": -2.0]])
                }
            }
            #expect(backend.requests.map(\.stop.maxTokens) == [1, 1])
            #expect(backend.requests.first?.sampling.promptLogprobs == 1)
        }
    }

    @Test func modelDefaults() async throws {
        var model = ServedModel.test
        model.defaultSampling.temperature = 0.6
        model.defaultSampling.topK = 20
        model.maxNewTokens = 50
        let backend = ScriptedBackend(model: model)
        try await TestServer.run(backend) { server in
            _ = try await server.post("/v1/chat/completions", "{\(Self.chat)}")
            _ = try await server.post(
                "/v1/chat/completions", "{\(Self.chat),\"top_k\":0,\"temperature\":0,\"seed\":3}")
            let requests = backend.requests
            #expect(requests.map(\.sampling.temperature) == [0.6, 0])
            #expect(requests.map(\.sampling.topK) == [20, nil])
            #expect(requests.map(\.stop.maxTokens) == [50, 50])
            #expect(requests[1].sampling.seed == 3)
        }
    }

    @Test func continuesTheFinalMessage() async throws {
        try await TestServer.run { server in
            let messages = #"[{"role":"user","content":"q"},{"role":"assistant","content":"So "}]"#
            _ = try await server.post(
                "/v1/chat/completions",
                #"{"messages":\#(messages),"continue_final_message":true}"#)
            let prompt = server.backend.requests.first?.prompt.map { UInt8($0.rawValue) } ?? []
            #expect(String(decoding: prompt, as: UTF8.self) == "<user>q</><assistant>So ")
        }
    }
}
