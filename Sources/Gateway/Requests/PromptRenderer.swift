internal import Domain
internal import Tokenization

/// Renders conversations with the model's chat template.
struct PromptRenderer {
    private let serving: Serving

    init(_ serving: Serving) { self.serving = serving }

    /// The prompt text, special tokens included.
    func render(_ conversation: Conversation) throws(APIError) -> String {
        guard let template = serving.template else {
            throw .invalid(
                "This model has no chat template; use /v1/completions.", param: "messages",
                code: "no_chat_template")
        }
        let text: String
        do {
            text = try template.render(context(conversation), now: WallClock.local)
        } catch {
            throw .invalid("The chat template refused: \(error.message)", param: "messages")
        }
        guard conversation.continueFinalMessage else { return text }
        return try cut(text, conversation)
    }

    /// The variables that templates expect. Absent tools and documents are `none`, because
    /// templates ask whether they are.
    private func context(_ conversation: Conversation) -> JSONObject {
        var context = serving.backend.model.templateTokens
        context["messages"] = .array(conversation.messages)
        context["tools"] = conversation.tools ?? .null
        context["documents"] = .null
        context["add_generation_prompt"] = .bool(conversation.addGenerationPrompt)
        for (key, value) in conversation.templateArguments.members { context[key] = value }
        return context
    }

    /// Ends the prompt right behind the last message's content, so that the model goes on there.
    private func cut(_ text: String, _ conversation: Conversation) throws(APIError) -> String {
        let field = "continue_final_message"
        guard let content = conversation.messages.last?["content"]?.stringValue, !content.isEmpty
        else { throw .invalid("The final message has no content to continue.", param: field) }
        let bytes = Array(text.utf8)
        let wanted = Array(content.utf8)
        let end =
            BytePattern.lastEnd(of: wanted, in: bytes)
            ?? BytePattern.lastEnd(of: Self.trimmed(wanted), in: bytes)
        guard let end else {
            throw .invalid("The chat template does not show the final message.", param: field)
        }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}

extension PromptRenderer {
    /// Templates often trim contents.
    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var slice = bytes[...]
        while let last = slice.last, isSpace(last) { slice.removeLast() }
        while let first = slice.first, isSpace(first) { slice.removeFirst() }
        return Array(slice)
    }
}
