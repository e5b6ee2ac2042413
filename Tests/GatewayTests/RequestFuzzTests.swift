internal import Domain
internal import Telemetry
import TestSupport
internal import Testing

@testable import Gateway

/// Mutated bodies must give a plan or an error, never a trap.
@Suite struct RequestFuzzTests {
    private static let seeds = [
        #"{"model":"demo","prompt":"abc","max_tokens":5,"n":2,"stop":["x"],"logprobs":3}"#,
        #"{"prompt":["a"],"echo":true,"logprobs":0,"max_tokens":0,"temperature":0.5}"#,
        #"{"prompt":[[1,2],[3]],"seed":7,"logit_bias":{"1":2},"stream":true}"#,
        #"{"messages":[{"role":"user","content":[{"type":"text","text":"é"}]}],"top_p":1}"#,
        #"{"messages":[{"role":"assistant","content":"a","tool_calls":[{"function":"#
            + #"{"arguments":"{}"}}]}],"tools":[{"a":1}],"continue_final_message":true,"#
            + #""logprobs":true,"top_logprobs":2}"#,
        #"{"prompt":[1,2,255],"min_tokens":3,"max_tokens":4000,"stop_token_ids":[1]}"#,
        #"{"prompt":"a","slo":{"class":"batch","ttft_ms":5000,"itl_ms":2},"#
            + #""service_tier":"flex","priority":1}"#,
        #"{"arrivals":[{"arrival_s":0.5,"input_tokens":10,"output_tokens":4},"#
            + #"{"arrival_s":0,"input_tokens":4095,"output_tokens":1}],"horizon_s":30}"#,
    ]
    private static let splices = [
        "-1", "1e999", "9223372036854775808", "null", "true", "[]", "{}", "\"\\ud800\"", "0.1",
        "\"n\":", "\"prompt\":", "\"messages\":", ",", "[[", "\u{FF}", "\\u0000",
        "-9223372036854775808", "4294967296",
    ]

    @Test(arguments: 0..<50)
    func bodies(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let serving = try Self.serving()
        for _ in 0..<100 {
            let body = Self.mutate(&random)
            Self.checkError { () throws(APIError) in try Self.planCompletion(body, serving) }
            Self.checkError { () throws(APIError) in try Self.planChat(body, serving) }
            Self.checkError { () throws(APIError) in
                _ = try TokenizeBody(try FieldReader(body: body))
            }
            Self.checkError { () throws(APIError) in try Self.ask(body, serving.limits) }
        }
    }

    private static func checkError(_ attempt: () throws(APIError) -> Void) {
        do {
            try attempt()
        } catch {
            #expect((400..<500).contains(error.status))
            #expect(!error.message.isEmpty)
        }
    }

    private static func planCompletion(_ body: [UInt8], _ serving: Serving) throws(APIError) {
        let fields = try FieldReader(body: body)
        let completion = try CompletionBody(fields, model: .test, limits: serving.limits)
        let plan = try GenerationPlanner(serving).plan(completion)
        check(plan)
    }

    private static func planChat(_ body: [UInt8], _ serving: Serving) throws(APIError) {
        let fields = try FieldReader(body: body)
        let chat = try ChatBody(fields, model: .test, limits: serving.limits)
        let plan = try GenerationPlanner(serving).plan(chat)
        check(plan)
    }

    private static func ask(_ body: [UInt8], _ limits: GatewayLimits) throws(APIError) {
        let fields = try FieldReader(body: body)
        let question = try WhatIfBody(fields, maxLength: 4096, limits: limits).question
        #expect((1...limits.maxArrivals).contains(question.arrivals.count))
        #expect(question.horizon ?? .seconds(1) >= .seconds(1))
        var last = Duration.zero
        for arrival in question.arrivals {
            #expect(arrival.time >= last && arrival.time <= .seconds(86_400))
            #expect(arrival.inputTokens >= 1 && arrival.outputTokens >= 1)
            #expect(arrival.inputTokens + arrival.outputTokens <= 4096)
            last = arrival.time
        }
    }

    /// What the engine may rely on.
    private static func check(_ plan: GenerationPlan) {
        #expect(plan.requests.count == plan.prompts.count * plan.choicesPerPrompt)
        for request in plan.requests {
            #expect(!request.prompt.isEmpty)
            #expect(request.stop.maxTokens >= 1)
            #expect(request.prompt.count + request.stop.maxTokens <= 4096)
            #expect(request.stop.minTokens <= request.stop.maxTokens)
            #expect(request.sampling.temperature >= 0)
            #expect(request.sampling.topK ?? 1 >= 1)
        }
    }

    private static func mutate(_ random: inout SplitMix64) -> [UInt8] {
        var body = Array((seeds.randomElement(using: &random) ?? "").utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) where !body.isEmpty {
            let position = Int.random(in: body.indices, using: &random)
            let end = min(body.count, position + Int.random(in: 0...8, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: body[position] = UInt8.random(in: .min ... .max, using: &random)
            case 1: body.removeSubrange(position..<end)
            case 2: body.insert(contentsOf: body[position..<end], at: position)
            case 3: body.removeSubrange(position...)
            default:
                let splice = splices.randomElement(using: &random) ?? ""
                body.replaceSubrange(position..<end, with: splice.utf8)
            }
        }
        return body
    }

    private static func serving() throws -> Serving {
        Serving(
            configuration: GatewayConfiguration(version: "test"), backend: ScriptedBackend(),
            tokenizer: try TestTokenizer.make(), template: try TestTokenizer.template(),
            metrics: .test, gate: DrainGate())
    }
}
