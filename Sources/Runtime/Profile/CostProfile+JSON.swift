package import Domain
internal import Scheduling

extension CostProfile {
    /// Seconds, tokens and bytes; errors are shares.
    package var json: JSON {
        [
            "model": .string(model),
            "compute_type": .string(computeType),
            "kernel_tier": .string(tier),
            "threads": .int(threads),
            "max_num_batched_tokens": .int(maxBatchedTokens),
            "costs": costs.json,
            "min_tokens": .int(minTokens),
            "prompt_tokens_per_second": .double(promptTokensPerSecond),
            "copy_bytes_per_second": .double(copyBytesPerSecond),
            "errors": [
                "prompt": errors.prompt.json,
                "prompt_without_attention": errors.blindPrompt.json,
                "decode": errors.decode.json,
                "mixed": errors.mixed.json,
            ],
        ]
    }

    /// Reads what `json` writes.
    ///
    /// - Parameter source: what errors call the file.
    package init(json: JSON, source: String) throws(RuntimeError) {
        let fields = ProfileFields(json: json, source: source)
        model = try fields.string("model")
        computeType = try fields.string("compute_type")
        tier = try fields.string("kernel_tier")
        threads = try fields.integer("threads", in: 1...1024)
        maxBatchedTokens = try fields.integer("max_num_batched_tokens", in: 1...1 << 20)
        minTokens = try fields.integer("min_tokens", in: 1...1 << 20)
        promptTokensPerSecond = try fields.number("prompt_tokens_per_second", in: 0...1e12)
        copyBytesPerSecond = try fields.number("copy_bytes_per_second", in: 1...1e15)
        do {
            costs = try BatchCostModel(json: json["costs"] ?? .null)
        } catch {
            throw RuntimeError(.badOption, "\(source): \(error)")
        }
        let errors = ProfileFields(json: json["errors"] ?? .null, source: source)
        self.errors = Errors(
            prompt: try errors.error("prompt"),
            blindPrompt: try errors.error("prompt_without_attention"),
            decode: try errors.error("decode"),
            mixed: try errors.error("mixed"))
    }
}

extension CostError {
    fileprivate var json: JSON {
        ["steps": .int(samples), "mean": .double(mean), "worst": .double(worst)]
    }
}

/// Reads the fields of a profile.
private struct ProfileFields {
    let json: JSON
    let source: String

    func string(_ key: String) throws(RuntimeError) -> String {
        guard let text = json[key]?.stringValue, text.utf8.count <= 4096 else {
            throw problem(key, "a string")
        }
        return text
    }

    func integer(_ key: String, in bounds: ClosedRange<Int>) throws(RuntimeError) -> Int {
        guard let value = json[key]?.intValue, bounds.contains(value) else {
            throw problem(key, "an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return value
    }

    func number(_ key: String, in bounds: ClosedRange<Double>) throws(RuntimeError) -> Double {
        guard let value = json[key]?.doubleValue, bounds.contains(value) else {
            throw problem(key, "a number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return value
    }

    func error(_ key: String) throws(RuntimeError) -> CostError {
        let fields = ProfileFields(json: json[key] ?? .null, source: source)
        return CostError(
            samples: try fields.integer("steps", in: 0...1 << 30),
            mean: try fields.number("mean", in: 0...1e9),
            worst: try fields.number("worst", in: 0...1e9))
    }

    private func problem(_ key: String, _ expected: String) -> RuntimeError {
        let shown = json[key].map { String($0.text.prefix(40)) } ?? "missing"
        return RuntimeError(.badOption, "\(source): \"\(key)\" is \(shown), expected \(expected)")
    }
}
