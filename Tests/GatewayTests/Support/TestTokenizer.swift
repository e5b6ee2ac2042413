internal import Domain
internal import Tokenization

/// A tokenizer whose tokens are bytes: token 65 is `A`.
enum TestTokenizer {
    static func make() throws -> Tokenizer { try Tokenizer(json: file, source: "test") }

    static func template() throws -> ChatTemplate {
        try ChatTemplate(
            source: """
                {% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}\
                {% if tools %}<tools>{{ tools | length }}{% endif %}\
                {% if add_generation_prompt %}<assistant>{% endif %}
                """)
    }

    /// A byte-level `tokenizer.json` without merges.
    private static var file: JSON {
        var vocabulary = JSONObject()
        var next: UInt32 = 256
        for byte in UInt32(0)...255 {
            let isPrintable =
                (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte)
                || (0xAE...0xFF).contains(byte)
            let scalar = isPrintable ? byte : next
            if !isPrintable { next += 1 }
            vocabulary[String(Unicode.Scalar(scalar) ?? "?")] = .int(Int(byte))
        }
        let byteLevel: JSON = [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
            "use_regex": false,
        ]
        return [
            "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": [],
            "normalizer": nil, "pre_tokenizer": byteLevel, "post_processor": nil,
            "decoder": byteLevel,
            "model": ["type": "BPE", "vocab": .object(vocabulary), "merges": []],
        ]
    }
}
