internal import Domain

/// Server-sent events: each is `data: `, one JSON object and an empty line.
extension AnswerFormat {
    /// The first chunk of a chat choice, which names the role.
    func writeRoleChunk(
        _ choice: Int, prompt: [TokenID], usage: GenerationUsage, into output: inout [UInt8]
    ) {
        output += chunkHead
        output.raw(#"{"index":"#)
        output.integer(choice)
        output.raw(#","delta":{"role":"assistant","content":""},"logprobs":null,"#)
        output.raw(#""finish_reason":null}"#)
        output.raw("]")
        if returnTokenIDs {
            output.raw(#","prompt_token_ids":"#)
            output.tokenIDs(prompt)
        }
        endChunk(usage: usage, into: &output)
    }

    /// What one event added to one choice.
    ///
    /// - Parameters:
    ///   - prompt: given for the first chunk of a completion that shows token ids.
    ///   - offset: the choice's text offset so far, moved on.
    func writeChunk(
        _ delta: ChoiceDelta, choice: Int, prompt: [TokenID]?, offset: inout Int,
        usage: GenerationUsage, into output: inout [UInt8]
    ) {
        output += chunkHead
        output.raw(#"{"index":"#)
        output.integer(choice)
        switch kind {
        case .chat: writeChatDelta(delta, into: &output)
        case .completion: writeCompletionDelta(delta, offset: &offset, into: &output)
        }
        writeEnding(delta.ending, into: &output)
        if returnTokenIDs {
            if kind == .completion, let prompt {
                output.raw(#","prompt_token_ids":"#)
                output.tokenIDs(prompt)
            }
            output.raw(#","token_ids":"#)
            output.tokenIDs(delta.tokens.lazy.map(\.token))
        }
        output.raw("}]")
        endChunk(usage: usage, into: &output)
    }

    private func writeChatDelta(_ delta: ChoiceDelta, into output: inout [UInt8]) {
        if delta.text.isEmpty, delta.ending != nil {
            output.raw(#","delta":{}"#)
        } else {
            output.raw(#","delta":{"content":"#)
            output.string(delta.text)
            output.raw("}")
        }
        output.raw(#","logprobs":"#)
        if delta.tokens.isEmpty {
            output.raw("null")
        } else {
            writeChatLogprobs(delta.tokens, into: &output)
        }
    }

    private func writeCompletionDelta(
        _ delta: ChoiceDelta, offset: inout Int, into output: inout [UInt8]
    ) {
        let tokens = (delta.echo?.tokens ?? []) + delta.tokens
        output.raw(#","text":"#)
        output.string(delta.echo.map { $0.text + delta.text } ?? delta.text)
        output.raw(#","logprobs":"#)
        if tokens.isEmpty {
            output.raw("null")
        } else {
            writeCompletionLogprobs(tokens, offset: &offset, into: &output)
        }
    }

    /// `finish_reason`, and for a complete choice `stop_reason`.
    func writeEnding(_ ending: ChoiceEnding?, into output: inout [UInt8]) {
        guard let ending else { return output.raw(#","finish_reason":null"#) }
        output.raw(#","finish_reason":""#)
        output.raw(ending.finishReason)
        output.raw(#"","stop_reason":"#)
        output.value(ending.stopReason)
    }

    private func endChunk(usage: GenerationUsage, into output: inout [UInt8]) {
        if stream?.continuousUsage == true {
            output.raw(#","usage":"#)
            writeUsage(usage, into: &output)
        } else if stream?.includeUsage == true {
            output.raw(#","usage":null"#)
        }
        output.raw("}\n\n")
    }

    /// The last chunk with the whole usage and no choices.
    func writeUsageChunk(_ usage: GenerationUsage, into output: inout [UInt8]) {
        output += chunkHead
        output.raw(#"],"usage":"#)
        writeUsage(usage, into: &output)
        output.raw("}\n\n")
    }

    /// An error after the head has been sent.
    static func writeErrorEvent(_ error: APIError, into output: inout [UInt8]) {
        output.raw("data: ")
        error.write(into: &output)
        output.raw("\n\n")
    }

    static func writeDone(into output: inout [UInt8]) { output.raw("data: [DONE]\n\n") }

    func writeUsage(_ usage: GenerationUsage, into output: inout [UInt8]) {
        output.raw(#"{"prompt_tokens":"#)
        output.integer(usage.promptTokens)
        output.raw(#","completion_tokens":"#)
        output.integer(usage.generatedTokens)
        output.raw(#","total_tokens":"#)
        output.integer(usage.promptTokens + usage.generatedTokens)
        output.raw(#","prompt_tokens_details":{"cached_tokens":"#)
        output.integer(usage.cachedTokens)
        output.raw("}}")
    }
}
