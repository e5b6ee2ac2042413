internal import ArgumentParser
internal import Domain
internal import Inference
internal import Tokenization

/// The files of a model that are about text.
struct TextFiles {
    let tokenizer: Tokenizer
    /// `nil` for a model without one.
    let template: ChatTemplate?
    /// `bos_token`, `eos_token` and their like as templates see them.
    let templateTokens: JSONObject

    /// - Parameter templateFile: used instead of the model's own template.
    init(_ directory: ModelDirectory, templateFile: String?) throws {
        let file = "tokenizer.json"
        tokenizer = try Tokenizer(
            json: directory.json(file), source: directory.path(of: file))
        let settings =
            directory.contains("tokenizer_config.json")
            ? try directory.json("tokenizer_config.json") : .object([:])
        templateTokens = TextFiles.specialTokens(settings)
        let source =
            try templateFile.map { try directory.text(at: $0) }
            ?? TextFiles.template(in: settings, of: directory)
        template = try source.map { try ChatTemplate(source: $0) }
    }

    /// A template is a string, a list of named ones of which `default` counts, or a file beside.
    private static func template(
        in settings: JSON, of directory: ModelDirectory
    ) throws -> String? {
        switch settings["chat_template"] {
        case .string(let source): return source
        case .array(let named):
            return named.first { $0["name"] == "default" }?["template"]?.stringValue
        default:
            let file = "chat_template.jinja"
            guard directory.contains(file) else { return nil }
            return try directory.text(at: directory.path(of: file))
        }
    }

    private static func specialTokens(_ settings: JSON) -> JSONObject {
        var tokens = JSONObject()
        for name in ["bos_token", "eos_token", "unk_token", "pad_token"] {
            let value = settings[name]
            let text = value?.stringValue ?? value?["content"]?.stringValue
            if let text { tokens[name] = .string(text) }
        }
        return tokens
    }
}
