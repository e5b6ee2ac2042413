package import Domain

/// What `generation_config.json` suggests for requests that say nothing themselves; a field that
/// is not there is `nil`.
package struct GenerationDefaults: Hashable, Sendable {
    package var endTokens: [TokenID] = []
    package var temperature: Float?
    package var topP: Float?
    package var topK: Int?
    package var minP: Float?
    package var repetitionPenalty: Float?

    package init() {}

    /// Reads the file; a directory without it has no suggestions.
    package init(_ directory: ModelDirectory) throws(ModelFileError) {
        let file = ModelDirectory.generation
        guard directory.contains(file) else {
            self.init()
            return
        }
        try self.init(FieldReader(file: file, json: directory.json(file)))
    }

    init(_ config: FieldReader) throws(ModelFileError) {
        endTokens = try config.tokens("eos_token_id")
        temperature = try config.optionalNumber("temperature", in: 0...1e3).map { Float($0) }
        topP = try config.optionalNumber("top_p", in: 0...1).map { Float($0) }
        let topK = try config.optionalInteger("top_k", in: -1...1 << 22)
        self.topK = topK.flatMap { $0 > 0 ? $0 : nil }
        minP = try config.optionalNumber("min_p", in: 0...1).map { Float($0) }
        repetitionPenalty =
            try config.optionalNumber("repetition_penalty", in: 1e-3...1e3).map { Float($0) }
    }
}
