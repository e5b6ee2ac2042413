internal import Domain

/// Answers in one piece.
extension AnswerFormat {
    func writeWhole(
        _ choices: [WholeChoice], plan: GenerationPlan, usage: GenerationUsage,
        into output: inout [UInt8]
    ) {
        output.raw("{")
        output += identity
        switch kind {
        case .chat: output.raw(#","object":"chat.completion","choices":"#)
        case .completion: output.raw(#","object":"text_completion","choices":"#)
        }
        output.list(choices.enumerated()) { output, element in
            let (index, choice) = element
            writeChoice(choice, index: index, plan: plan, into: &output)
        }
        output.raw(#","usage":"#)
        writeUsage(usage, into: &output)
        if returnTokenIDs, kind == .chat {
            output.raw(#","prompt_token_ids":"#)
            output.tokenIDs(plan.prompt(of: 0).tokens)
        }
        output.raw("}")
    }

    private func writeChoice(
        _ choice: WholeChoice, index: Int, plan: GenerationPlan, into output: inout [UInt8]
    ) {
        output.raw(#"{"index":"#)
        output.integer(index)
        switch kind {
        case .chat:
            output.raw(#","message":{"role":"assistant","content":"#)
            output.string(choice.text)
            output.raw(#","refusal":null},"logprobs":"#)
            writeChatLogprobs(choice.tokens, into: &output)
        case .completion:
            output.raw(#","text":"#)
            output.string((choice.echo?.text ?? "") + choice.text)
            output.raw(#","logprobs":"#)
            var offset = 0
            let tokens = (choice.echo?.tokens ?? []) + choice.tokens
            writeCompletionLogprobs(tokens, offset: &offset, into: &output)
        }
        writeEnding(choice.ending, into: &output)
        if returnTokenIDs {
            if kind == .completion {
                output.raw(#","prompt_token_ids":"#)
                output.tokenIDs(plan.prompt(of: index).tokens)
            }
            output.raw(#","token_ids":"#)
            output.tokenIDs(choice.tokens.lazy.map(\.token))
        }
        output.raw("}")
    }
}
