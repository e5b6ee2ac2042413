internal import Domain
internal import Testing
internal import Tokenization

@testable import Gateway

/// The exact bytes of server-sent events.
@Suite struct EventStreamTests {
    private func format(
        _ kind: AnswerFormat.Kind, _ parts: AnswerFormat.Parts = .init(stream: StreamOptions())
    ) throws -> AnswerFormat {
        let identity = AnswerIdentity(
            id: "id-1", created: 17, model: "demo", fingerprint: "fp")
        return AnswerFormat(
            kind: kind, identity: identity, parts: parts, tokenizer: try TestTokenizer.make())
    }

    private let usage = GenerationUsage(promptTokens: 3, generatedTokens: 2, cachedTokens: 1)

    private func chunk(
        _ format: AnswerFormat, _ delta: ChoiceDelta, prompt: [TokenID]? = nil
    ) -> String {
        var output: [UInt8] = []
        var offset = 0
        format.writeChunk(
            delta, choice: 0, prompt: prompt, offset: &offset, usage: usage, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private let chatHead =
        #"data: {"id":"id-1","created":17,"model":"demo","system_fingerprint":"fp","#
        + #""object":"chat.completion.chunk","choices":["#
    private let completionHead =
        #"data: {"id":"id-1","created":17,"model":"demo","system_fingerprint":"fp","#
        + #""object":"text_completion","choices":["#

    @Test func chatText() throws {
        let text = chunk(try format(.chat), ChoiceDelta(text: "a\"\n\u{1}é"))
        #expect(
            text == chatHead
                + #"{"index":0,"delta":{"content":"a\"\n\u0001é"},"logprobs":null,"#
                + #""finish_reason":null}]}"# + "\n\n")
    }

    @Test func chatRole() throws {
        var output: [UInt8] = []
        try format(.chat).writeRoleChunk(1, prompt: [], usage: usage, into: &output)
        #expect(
            String(decoding: output, as: UTF8.self) == chatHead
                + #"{"index":1,"delta":{"role":"assistant","content":""},"logprobs":null,"#
                + #""finish_reason":null}]}"# + "\n\n")
    }

    @Test func chatEnding() throws {
        let text = chunk(try format(.chat), ChoiceDelta(ending: .stopString("#")))
        #expect(
            text == chatHead
                + ##"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop","##
                + ##""stop_reason":"#"}]}"## + "\n\n")
    }

    @Test func completionWithUsageAndTokens() throws {
        let parts = AnswerFormat.Parts(
            returnTokenIDs: true,
            stream: StreamOptions(includeUsage: true, continuousUsage: true))
        let delta = ChoiceDelta(
            text: "A", tokens: [SampledToken(token: 65)], ending: .stopToken(66))
        #expect(
            chunk(try format(.completion, parts), delta, prompt: [1, 2]) == completionHead
                + #"{"index":0,"text":"A","logprobs":null,"#
                + #""finish_reason":"stop","stop_reason":66,"#
                + #""prompt_token_ids":[1,2],"token_ids":[65]}],"#
                + #""usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"#
                + #""prompt_tokens_details":{"cached_tokens":1}}}"# + "\n\n")
    }

    @Test func chatLogprobs() throws {
        let parts = AnswerFormat.Parts(logprobs: 2, stream: StreamOptions(includeUsage: true))
        let token = SampledToken(
            token: 65, logprob: -0.5, rank: 1,
            top: [
                TokenLogprob(token: 65, logprob: -0.5),
                TokenLogprob(token: 0xC3, logprob: -.infinity),
                TokenLogprob(token: 67, logprob: -9),
            ])
        #expect(
            chunk(try format(.chat, parts), ChoiceDelta(text: "A", tokens: [token])) == chatHead
                + #"{"index":0,"delta":{"content":"A"},"logprobs":{"content":[{"token":"A","#
                + #""logprob":-0.5,"bytes":[65],"top_logprobs":[{"token":"A","logprob":-0.5,"#
                + #""bytes":[65]},{"token":"�","logprob":-9999.0,"bytes":[195]}]}],"#
                + #""refusal":null},"finish_reason":null}],"usage":null}"# + "\n\n")
    }

    @Test func completionLogprobs() throws {
        let parts = AnswerFormat.Parts(logprobs: 1, stream: StreamOptions())
        let first = SampledToken(token: 65)
        let second = SampledToken(
            token: 66, logprob: -2, rank: 2, top: [TokenLogprob(token: 67, logprob: -1)])
        let delta = ChoiceDelta(
            echo: PromptEcho(text: "A", tokens: [first]), text: "B", tokens: [second])
        #expect(
            chunk(try format(.completion, parts), delta) == completionHead
                + #"{"index":0,"text":"AB","logprobs":{"text_offset":[0,1],"#
                + #""token_logprobs":[null,-2.0],"tokens":["A","B"],"#
                + #""top_logprobs":[null,{"C":-1.0,"B":-2.0}]},"finish_reason":null}]}"#
                + "\n\n")
    }

    @Test func usageErrorAndDone() throws {
        var output: [UInt8] = []
        try format(.completion).writeUsageChunk(usage, into: &output)
        AnswerFormat.writeErrorEvent(.engineFailed("no"), into: &output)
        AnswerFormat.writeDone(into: &output)
        #expect(
            String(decoding: output, as: UTF8.self) == completionHead
                + #"],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"#
                + #""prompt_tokens_details":{"cached_tokens":1}}}"# + "\n\n"
                + #"data: {"error":{"message":"no","type":"server_error","param":null,"#
                + #""code":"engine_error"}}"# + "\n\ndata: [DONE]\n\n")
    }
}
