internal import Domain
internal import Testing

@testable import Gateway

@Suite struct RequestParsingTests {
    private func completion(_ members: String) throws -> CompletionBody {
        try CompletionBody(
            FieldReader(body: Array("{\(members)}".utf8)), model: .test, limits: GatewayLimits())
    }

    private func chat(_ members: String) throws -> ChatBody {
        let messages = #""messages":[{"role":"user","content":"hi"}]"#
        let body = members.contains("\"messages\"") ? members : "\(messages),\(members)"
        return try ChatBody(
            FieldReader(body: Array("{\(body)}".utf8)), model: .test, limits: GatewayLimits())
    }

    @Test func everySamplingField() throws {
        let options = try completion(
            #"""
            "prompt":"a","temperature":0.5,"top_p":0.9,"top_k":7,"min_p":0.1,"seed":-1,
            "frequency_penalty":-2,"presence_penalty":2,"repetition_penalty":1.5,"n":3,
            "max_tokens":9,"min_tokens":2,"stop":["x","yz"],"include_stop_str_in_output":true,
            "stop_token_ids":[4,5],"ignore_eos":true,"priority":-3,"skip_special_tokens":false,
            "return_token_ids":true,"stream":true,"logit_bias":{"9":1,"3":-100},
            "stream_options":{"include_usage":true,"continuous_usage_stats":true},
            "user":"me","unknown_field":{"a":[1]},"best_of":3
            """#
        ).options
        var expected = GenerationOptions()
        expected.temperature = 0.5
        expected.topP = 0.9
        expected.topK = 7
        expected.minP = 0.1
        expected.seed = .max
        expected.frequencyPenalty = -2
        expected.presencePenalty = 2
        expected.repetitionPenalty = 1.5
        expected.choices = 3
        expected.maxTokens = 9
        expected.minTokens = 2
        expected.stop = ["x", "yz"]
        expected.includeStopInOutput = true
        expected.stopTokens = [4, 5]
        expected.ignoreEndOfSequence = true
        expected.priority = -3
        expected.skipSpecialTokens = false
        expected.returnTokenIDs = true
        expected.stream = StreamOptions(includeUsage: true, continuousUsage: true)
        expected.logitBias = [.init(token: 3, bias: -100), .init(token: 9, bias: 1)]
        #expect(options == expected)
    }

    private struct Service: Sendable {
        var members: String
        var objective: ServiceLevelObjective?
        var priority = 0
    }

    private static let services: [Service] = [
        Service(members: #""service_tier":"auto""#),
        Service(members: #""service_tier":"default","slo":null"#),
        Service(members: #""service_tier":"priority""#, priority: -1),
        Service(
            members: #""service_tier":"priority","priority":-2147483648"#,
            priority: -2_147_483_649),
        Service(members: #""service_tier":"flex","priority":4"#, objective: .batch, priority: 4),
        Service(members: #""slo":{}"#, objective: .interactive),
        Service(members: #""slo":{"class":"batch"}"#, objective: .batch),
        Service(members: #""slo":{},"service_tier":"flex""#, objective: .batch),
        Service(
            members: #""slo":{"class":"interactive"},"service_tier":"flex""#,
            objective: .interactive),
        Service(
            members: #""slo":{"ttft_ms":2000,"itl_ms":62.5}"#,
            objective: ServiceLevelObjective(
                .interactive, timeToFirstToken: .seconds(2),
                interTokenLatency: .microseconds(62_500))),
        Service(
            members: #""slo":{"class":"batch","ttft_ms":86400000}"#,
            objective: ServiceLevelObjective(.batch, timeToFirstToken: .seconds(86_400))),
    ]

    /// What `slo` and `service_tier` make of the objective and the priority, on both endpoints.
    @Test(arguments: services)
    private func objectives(service: Service) throws {
        let options = try completion(#""prompt":"a","# + service.members).options
        #expect(options.objective == service.objective)
        #expect(options.priority == service.priority)
        #expect(try chat(service.members).options == options)
    }

    @Test func errorsSayWhatWasExpected() {
        let tier = #expect(throws: APIError.self) {
            try completion(#""prompt":"a","service_tier":"gold""#)
        }
        #expect(
            tier?.message
                == "'service_tier' must be one of 'auto', 'default', 'flex', 'priority'.")
        let time = #expect(throws: APIError.self) {
            try completion(#""prompt":"a","slo":{"ttft_ms":0}"#)
        }
        #expect(time?.message == "'slo.ttft_ms' must be from 1.0 to 604800000.0.")
    }

    @Test func nullIsAbsent() throws {
        let body = try completion(
            #""prompt":"a","temperature":null,"stop":null,"n":null,"stream_options":null,"#
                + #""suffix":null,"logprobs":null,"response_format":null,"max_tokens":null"#)
        #expect(body.options == GenerationOptions())
        #expect(body.logprobs == nil)
    }

    @Test(arguments: [
        (#""a""#, [PromptInput.text("a")]),
        (#"["a","b"]"#, [.text("a"), .text("b")]),
        ("[1,2]", [.tokens([1, 2])]),
        ("[[1],[2,3]]", [.tokens([1]), .tokens([2, 3])]),
        (#"["a",[7]]"#, [.text("a"), .tokens([7])]),
        ("[1.0]", [.tokens([1])]),
    ])
    func prompts(json: String, expected: [PromptInput]) throws {
        #expect(try completion(#""prompt":\#(json)"#).prompts == expected)
    }

    /// Bad members of a completion and the field that the error names.
    @Test(arguments: [
        (#""prompt":null"#, "prompt"), (#""prompt":[]"#, "prompt"), (#""prompt":7"#, "prompt"),
        (#""prompt":[256]"#, "prompt"), (#""prompt":[-1]"#, "prompt"),
        (#""prompt":[1.5]"#, "prompt"), (#""prompt":[1,"a"]"#, "prompt"),
        (#""prompt":["a",7]"#, "prompt"), (#""prompt":[true]"#, "prompt"),
        (#""prompt":{}"#, "prompt"), (#""prompt":[1e300]"#, "prompt"),
        (#""temperature":"hot""#, "temperature"), (#""temperature":-0.1"#, "temperature"),
        (#""temperature":1e39"#, "temperature"), (#""temperature":true"#, "temperature"),
        (#""top_p":0"#, "top_p"), (#""top_p":1.1"#, "top_p"), (#""top_k":-2"#, "top_k"),
        (#""top_k":1.5"#, "top_k"), (#""min_p":-1"#, "min_p"), (#""seed":"1""#, "seed"),
        (#""seed":1e30"#, "seed"), (#""frequency_penalty":3"#, "frequency_penalty"),
        (#""repetition_penalty":0"#, "repetition_penalty"), (#""n":0"#, "n"), (#""n":129"#, "n"),
        (#""n":"1""#, "n"), (#""max_tokens":0"#, "max_tokens"),
        (#""max_tokens":-1"#, "max_tokens"),
        (#""max_tokens":9223372036854775807"#, "max_tokens"),
        (#""min_tokens":-1"#, "min_tokens"), (#""stop":[""]"#, "stop"), (#""stop":"""#, "stop"),
        (#""stop":[1]"#, "stop"), (#""stop":{}"#, "stop"),
        (#""stop":["1","2","3","4","5","6","7","8","9","a","b","c","d","e","f","g","h"]"#, "stop"),
        (#""stop_token_ids":[999]"#, "stop_token_ids"), (#""ignore_eos":1"#, "ignore_eos"),
        (#""logit_bias":{"999":1}"#, "logit_bias"), (#""logit_bias":{"x":1}"#, "logit_bias"),
        (#""logit_bias":{"1":101}"#, "logit_bias.1"), (#""logit_bias":[]"#, "logit_bias"),
        (#""logprobs":21"#, "logprobs"), (#""logprobs":true"#, "logprobs"),
        (#""stream":"yes""#, "stream"), (#""stream_options":{}"#, "stream_options"),
        (#""stream":true,"stream_options":{"include_usage":1}"#, "stream_options.include_usage"),
        (#""suffix":"x""#, "suffix"), (#""best_of":2"#, "best_of"), (#""echo":1"#, "echo"),
        (#""priority":1e10"#, "priority"), (#""model":1"#, "model"),
        (#""response_format":{"type":"json_object"}"#, "response_format"),
        (#""slo":1"#, "slo"), (#""slo":{"class":"urgent"}"#, "slo.class"),
        (#""slo":{"class":1}"#, "slo.class"), (#""slo":{"ttft_ms":0}"#, "slo.ttft_ms"),
        (#""slo":{"ttft_ms":"1s"}"#, "slo.ttft_ms"), (#""slo":{"itl_ms":1e30}"#, "slo.itl_ms"),
        (#""service_tier":"gold""#, "service_tier"), (#""service_tier":1"#, "service_tier"),
        (#""guided_json":{}"#, "guided_json"), (#""use_beam_search":true"#, "use_beam_search"),
    ])
    func badCompletions(members: String, field: String) {
        let prompt = members.contains("prompt") ? "" : #""prompt":"a","#
        let error = #expect(throws: APIError.self) { try completion(prompt + members) }
        #expect(error?.param == field)
        #expect(error?.status == 400)
        #expect(error?.type == "invalid_request_error")
    }

    @Test(arguments: [
        (#""messages":null"#, "messages"), (#""messages":[]"#, "messages"),
        (#""messages":"hi""#, "messages"), (#""messages":["hi"]"#, "messages[0]"),
        (#""messages":[{}]"#, "messages[0].role"),
        (#""messages":[{"role":7}]"#, "messages[0].role"),
        (#""messages":[{"role":"user"}]"#, "messages[0].content"),
        (#""messages":[{"role":"user","content":7}]"#, "messages[0].content"),
        (#""messages":[{"role":"user","content":[7]}]"#, "messages[0].content[0]"),
        (
            #""messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]"#,
            "messages[0].content[0]"
        ),
        (
            #""messages":[{"role":"user","content":[{"type":"text"}]}]"#,
            "messages[0].content[0].text"
        ),
        (
            #""messages":[{"role":"assistant","tool_calls":[{"function":{"arguments":"{"}}]}]"#,
            "messages[0].tool_calls[0].function.arguments"
        ),
        (#""top_logprobs":2"#, "top_logprobs"),
        (#""logprobs":true,"top_logprobs":21"#, "top_logprobs"), (#""logprobs":1"#, "logprobs"),
        (#""tools":{}"#, "tools"), (#""tools":["x"]"#, "tools[0]"),
        (#""tool_choice":"required""#, "tool_choice"), (#""tool_choice":{}"#, "tool_choice"),
        (#""max_completion_tokens":0"#, "max_completion_tokens"),
        (
            #""add_generation_prompt":true,"continue_final_message":true"#,
            "continue_final_message"
        ),
        (#""chat_template":"x""#, "chat_template"),
        (#""chat_template_kwargs":[]"#, "chat_template_kwargs"),
    ])
    func badChats(members: String, field: String) {
        let error = #expect(throws: APIError.self) { try chat(members) }
        #expect(error?.param == field)
        #expect(error?.status == 400)
    }

    @Test func chatFields() throws {
        let body = try chat(
            #""logprobs":true,"top_logprobs":3,"max_tokens":5,"max_completion_tokens":7,"#
                + #""tool_choice":"auto","tools":[{"b":1,"a":2}],"response_format":{"type":"text"}"#
        )
        #expect(body.logprobs == 3)
        #expect(body.options.maxTokens == 7)
        #expect(body.conversation.tools?.text == #"[{"b":1,"a":2}]"#)
        #expect(body.conversation.addGenerationPrompt)
    }

    @Test func messagesTakeTheirTemplateForm() throws {
        let body = try chat(
            #""messages":[{"role":"user","name":"n","content":[{"type":"text","text":"a"},"b"]},"#
                + #"{"role":"assistant","content":null,"tool_calls":[{"id":"1","function":"#
                + #"{"name":"f","arguments":"{\"x\":1}"}}]},{"role":"assistant"}]"#)
        #expect(
            JSON.array(body.conversation.messages).text
                == #"[{"role":"user","name":"n","content":"a\nb"},{"role":"assistant","#
                + #""content":null,"tool_calls":[{"id":"1","function":{"name":"f","#
                + #""arguments":{"x":1}}}]},{"role":"assistant","content":""}]"#)
    }

    @Test(arguments: ["", "[]", "7", "{", "{\"a\":}", "nul", "\u{0}", "{\"prompt\":\"\u{1}\"}"])
    func notAnObject(text: String) {
        let error = #expect(throws: APIError.self) { try FieldReader(body: Array(text.utf8)) }
        #expect(error?.status == 400)
    }
}

extension ServiceLevelObjective {
    fileprivate static let interactive = Self(.interactive)
    fileprivate static let batch = Self(.batch)
}
