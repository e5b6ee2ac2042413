internal import Domain

/// One prompt as the client wrote it.
enum PromptInput: Hashable, Sendable {
    case text(String)
    case tokens([TokenID])
}

extension PromptInput {
    /// Reads `prompt`: a string, an array of strings, an array of token ids or an array of such
    /// arrays.
    static func read(
        _ fields: FieldReader, vocabularySize: Int, limit: Int
    ) throws(APIError) -> [PromptInput] {
        let key = "prompt"
        let expected = "a string, an array of strings, or one or more arrays of token ids"
        switch fields.value(key) {
        case nil: throw .invalid("'prompt' is required.", param: key)
        case .string(let text): return [.text(text)]
        case .array(let elements):
            guard let first = elements.first else { throw fields.mismatch(key, expected) }
            if first.doubleValue != nil {
                let tokens = try fields.tokens(elements, key, vocabularySize: vocabularySize)
                return [.tokens(tokens)]
            }
            guard elements.count <= limit else {
                throw fields.mismatch(key, "at most \(limit) prompts")
            }
            var prompts: [PromptInput] = []
            for element in elements {
                switch element {
                case .string(let text): prompts.append(.text(text))
                case .array(let array):
                    let tokens = try fields.tokens(array, key, vocabularySize: vocabularySize)
                    prompts.append(.tokens(tokens))
                default: throw fields.mismatch(key, expected)
                }
            }
            return prompts
        default: throw fields.mismatch(key, expected)
        }
    }
}
