import Domain
import Testing

@testable import Benchmarking

struct RequestFormTests {
    private let prompts = PromptMaker(vocabulary: 16..<2000, seed: 1)

    private func body(_ form: RequestForm, _ prompt: Prompt) throws -> JSON {
        let request = PlannedRequest(arrivalSeconds: 0, prompt: prompt, outputTokens: 5)
        return try JSON.parse(form.body(of: request))
    }

    @Test func completionsSendTokenIDs() throws {
        let form = RequestForm(path: "/v1/completions", model: "m\"x", prompts: prompts)
        let body = try body(form, .tokens(count: 30, seed: 2))
        #expect(body["model"] == "m\"x")
        #expect(body["prompt"]?.arrayValue?.count == 30)
        #expect(body["max_tokens"] == 5)
        #expect(body["min_tokens"] == 5)
        #expect(body["ignore_eos"] == true)
        #expect(body["stream"] == true)
        #expect(body["stream_options"]?["include_usage"] == true)
        #expect(body["n"] == 1)
        #expect(body["temperature"]?.doubleValue == 0)
    }

    @Test func chatsSendWords() throws {
        var form = RequestForm(path: "/v1/chat/completions", model: "m", prompts: prompts)
        form.ignoresEndOfSequence = false
        form.temperature = nil
        let body = try body(form, .tokens(count: 30, seed: 2))
        let message = body["messages"]?.arrayValue?.first
        #expect(message?["role"] == "user")
        #expect(message?["content"]?.stringValue?.split(separator: " ").count == 30)
        #expect(body["max_completion_tokens"] == 5)
        #expect(body["ignore_eos"] == nil)
        #expect(body["temperature"] == nil)
    }

    @Test func furtherMembersReplace() throws {
        var form = RequestForm(path: "/v1/completions", model: "m", prompts: prompts)
        form.extra = ["n": 2, "priority": 7]
        let body = try body(form, .text("a\nb"))
        #expect(body["prompt"] == "a\nb")
        #expect(body["n"] == 2)
        #expect(body["priority"] == 7)
    }
}
