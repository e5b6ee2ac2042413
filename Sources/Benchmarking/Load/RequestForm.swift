package import Domain

/// How a planned request is written for the server.
package struct RequestForm: Hashable, Sendable {
    /// Which of the two generating endpoints speaks.
    package enum Kind: Hashable, Sendable { case completion, chat }

    package var kind: Kind
    /// Path below the server's prefix.
    package var path: String
    package var model: String
    package var prompts: PromptMaker
    /// Go on to exactly the planned number of tokens.
    package var ignoresEndOfSequence: Bool
    package var temperature: Double?
    /// Further members of the body; they replace those of the same name.
    package var extra: JSONObject

    package init(path: String, model: String, prompts: PromptMaker) {
        kind = path.hasSuffix("chat/completions") ? .chat : .completion
        self.path = path
        self.model = model
        self.prompts = prompts
        ignoresEndOfSequence = true
        temperature = 0
        extra = JSONObject()
    }
}

extension RequestForm {
    /// The body as JSON text. Complexity: O(tokens of the prompt).
    func body(of request: PlannedRequest) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512 + 6 * (request.plannedInputTokens ?? 0))
        output.append(UInt8(ascii: "{"))
        for (name, value) in members(of: request).members {
            JSON.writeString(name, into: &output)
            output.append(UInt8(ascii: ":"))
            value.write(into: &output)
            output.append(UInt8(ascii: ","))
        }
        writePrompt(request.prompt, into: &output)
        output.append(UInt8(ascii: "}"))
        return output
    }

    private func members(of request: PlannedRequest) -> JSONObject {
        var members: JSONObject = [
            "model": .string(model), "stream": true,
            "stream_options": ["include_usage": true], "n": 1,
        ]
        let length = kind == .chat ? "max_completion_tokens" : "max_tokens"
        members[length] = .int(request.outputTokens)
        if ignoresEndOfSequence {
            members["ignore_eos"] = true
            members["min_tokens"] = .int(request.outputTokens)
        }
        if let temperature { members["temperature"] = .double(temperature) }
        for (name, value) in extra.members { members[name] = value }
        return members
    }

    /// Token ids are written straight into the body: prompts are long and many.
    private func writePrompt(_ prompt: Prompt, into output: inout [UInt8]) {
        switch (kind, prompt) {
        case (.completion, .tokens(let count, let seed)):
            output.append(contentsOf: #""prompt":["#.utf8)
            var isFirst = true
            prompts.forEachToken(count: count, seed: seed) { token in
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                output.append(contentsOf: String(token).utf8)
            }
            output.append(UInt8(ascii: "]"))
        case (.completion, .text(let text)):
            output.append(contentsOf: #""prompt":"#.utf8)
            JSON.writeString(text, into: &output)
        case (.chat, .tokens(let count, let seed)):
            writeMessage(prompts.text(count: count, seed: seed), into: &output)
        case (.chat, .text(let text)):
            writeMessage(text, into: &output)
        }
    }

    private func writeMessage(_ text: String, into output: inout [UInt8]) {
        output.append(contentsOf: #""messages":[{"role":"user","content":"#.utf8)
        JSON.writeString(text, into: &output)
        output.append(contentsOf: "}]".utf8)
    }
}
