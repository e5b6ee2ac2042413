/// Reads the `post_processor` of a file.
enum PostProcessorLoader {
    static func load(_ node: ConfigNode?) throws(TokenizerError) -> PostProcessor {
        guard let node else { return PostProcessor() }
        let processor = PostProcessor(templates: try load(node, depth: 0))
        guard processor.isBounded else { throw node.error("repeats the text too often") }
        return processor
    }

    private static func load(
        _ node: ConfigNode, depth: Int
    ) throws(TokenizerError) -> [[PostProcessor.Part]] {
        switch try node.type() {
        case "Sequence":
            var templates: [[PostProcessor.Part]] = []
            for part in try node.parts("processors", depth: depth) {
                templates += try load(part, depth: depth + 1)
            }
            return templates
        case "ByteLevel": return []
        case "TemplateProcessing": return [try loadTemplate(node)]
        case "RobertaProcessing", "BertProcessing":
            let first = try loadPair(node.member("cls"))
            let last = try loadPair(node.member("sep"))
            return [[.tokens([first]), .text, .tokens([last])]]
        case let type:
            throw node.error(
                """
                unsupported post-processor '\(type)': expected Sequence, ByteLevel, \
                TemplateProcessing, RobertaProcessing or BertProcessing
                """)
        }
    }

    /// `["</s>", 2]`
    private static func loadPair(_ node: ConfigNode) throws(TokenizerError) -> UInt32 {
        let elements = try node.elements()
        guard elements.count == 2 else { throw node.error("expected a token and its id") }
        return try elements[1].tokenID()
    }

    private static func loadTemplate(_ node: ConfigNode) throws(TokenizerError) -> [PostProcessor
        .Part]
    {
        var parts: [PostProcessor.Part] = []
        for piece in try node.member("single").elements() {
            if let special = piece.optional("SpecialToken") {
                let name = try special.member("id")
                parts.append(.tokens(try loadSpecial(name, node)))
            } else if let sequence = piece.optional("Sequence") {
                guard try sequence.string("id") == "A" else {
                    throw sequence.error("expected the sequence A, the only one there is")
                }
                parts.append(.text)
            } else {
                throw piece.error("expected a member 'SpecialToken' or 'Sequence'")
            }
        }
        return parts
    }

    private static func loadSpecial(
        _ name: ConfigNode, _ template: ConfigNode
    ) throws(TokenizerError) -> [UInt32] {
        let key = try name.string()
        guard let token = template.optional("special_tokens")?.optional(key) else {
            throw name.error("expected a key of 'special_tokens'")
        }
        var ids: [UInt32] = []
        for id in try token.member("ids").elements() { ids.append(try id.tokenID()) }
        return ids
    }
}
