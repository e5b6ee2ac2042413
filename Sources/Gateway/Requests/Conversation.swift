internal import Domain

/// What a chat template is given: messages and how to end the prompt.
struct Conversation: Hashable, Sendable {
    /// Objects in their written order, contents as strings.
    var messages: [JSON]
    /// As the client wrote them; `nil` without tools.
    var tools: JSON?
    var addGenerationPrompt: Bool
    /// The prompt ends inside the last message, which the model goes on writing.
    var continueFinalMessage: Bool
    var addSpecialTokens: Bool
    /// Further variables of the template.
    var templateArguments: JSONObject
}

extension Conversation {
    init(_ fields: FieldReader) throws(APIError) {
        messages = try ChatMessages.read(fields)
        tools = try Self.readTools(fields)
        continueFinalMessage = try fields.bool("continue_final_message") ?? false
        let generation = try fields.bool("add_generation_prompt")
        if continueFinalMessage, generation == true {
            throw .invalid(
                "'add_generation_prompt' and 'continue_final_message' exclude each other.",
                param: "continue_final_message")
        }
        addGenerationPrompt = generation ?? !continueFinalMessage
        addSpecialTokens = try fields.bool("add_special_tokens") ?? false
        templateArguments = try fields.nested("chat_template_kwargs")?.object ?? JSONObject()
        if fields.value("chat_template") != nil {
            throw .unsupported(
                "chat_template", "'chat_template' cannot be set per request on this server.")
        }
    }

    private static func readTools(_ fields: FieldReader) throws(APIError) -> JSON? {
        guard let tools = try fields.array("tools"), !tools.isEmpty else { return nil }
        for (position, tool) in tools.enumerated() where tool.objectValue == nil {
            throw .invalid(
                "'tools[\(position)]' must be an object.", param: "tools[\(position)]")
        }
        return .array(tools)
    }
}
