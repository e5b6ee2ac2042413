package import Domain

extension Tokenizer {
    /// Reads a parsed `tokenizer.json`. `source` names the file in errors. Truncation and padding
    /// are not read: how long a prompt may be is not the tokenizer's business.
    package init(json: JSON, source: String) throws(TokenizerError) {
        let root = ConfigNode(json: json, path: "$", source: source)
        if let version = root.optional("version"), try version.string() != "1.0" {
            throw version.error("expected version 1.0")
        }
        let normalizer = try root.optional("normalizer").map(NormalizerLoader.load)
        let preTokenizer = try PreTokenizerLoader.load(root.optional("pre_tokenizer"))
        let takesBytes = preTokenizer.last?.isByteAlphabet ?? false
        let model = try ModelLoader(root.member("model"), takesBytes: takesBytes).load()
        let (added, addedIDs) = try AddedTokenLoader.load(
            root.optional("added_tokens"), model: model, normalizer: normalizer)
        self.init(
            Parts(
                model: model, added: added, addedIDs: addedIDs, normalizer: normalizer,
                preTokenizer: takesBytes ? preTokenizer.dropLast() : preTokenizer,
                postProcessor: try PostProcessorLoader.load(root.optional("post_processor")),
                decoder: try DecoderLoader.load(root.optional("decoder"))))
    }
}

extension PreTokenizer {
    fileprivate var isByteAlphabet: Bool {
        if case .byteAlphabet = self { true } else { false }
    }
}
