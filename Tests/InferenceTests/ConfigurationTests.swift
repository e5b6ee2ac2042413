import Domain
import Testing

@testable import Inference

/// `config.json` and `generation_config.json`: what they mean, and what is refused.
struct ConfigurationTests {
    static let sound: JSONObject = [
        "architectures": ["LlamaForCausalLM"], "vocab_size": 320, "hidden_size": 64,
        "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "max_position_embeddings": 256, "rope_theta": 500000.0,
    ]

    func read(_ changes: JSONObject) throws(ModelFileError) -> ModelConfiguration {
        var object = Self.sound
        for (key, value) in changes.members { object[key] = value }
        return try ModelConfiguration(FieldReader(file: "config.json", object: object))
    }

    func problem(_ changes: JSONObject) -> String {
        do {
            _ = try read(changes)
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test(
        arguments: [
            (["architectures": ["GPT2LMHeadModel"]], #"architecture "GPT2LMHeadModel" is not"#),
            (
                ["architectures": nil],
                #""architectures" is missing; expected one of LlamaForCausalLM"#
            ),
            (["quantization_config": ["bits": 4]], "quantized checkpoints are not supported"),
            (["hidden_act": "gelu"], #""hidden_act" is "gelu", expected "silu""#),
            (["vocab_size": nil], #""vocab_size" is missing"#),
            (["num_hidden_layers": 100_000], "is 100000, expected an integer in 1…1024"),
            (["hidden_size": -64], "is -64, expected an integer in 2…131072"),
            (["hidden_size": 4_611_686_018_427_387_904], "expected an integer in 2…131072"),
            (["hidden_size": "64"], #"is "64", expected an integer"#),
            (["hidden_size": 64.5], "is 64.5, expected an integer"),
            (["intermediate_size": 97], "is 97, expected an even number"),
            (["num_key_value_heads": 3], "is 3, expected a divisor of 4 heads"),
            (["num_key_value_heads": 8], "is 8, expected an integer in 1…4"),
            (
                ["num_attention_heads": 6, "num_key_value_heads": 6],
                "does not divide hidden_size 64"
            ),
            (["head_dim": 15], "is 15, expected an even number"),
            (["rms_norm_eps": 1e300], "is 1e+300, expected a number in 0.0…1.0"),
            (["tie_word_embeddings": 1], "is 1, expected true or false"),
            (["rope_theta": 0], "is 0, expected a number in"),
            (["eos_token_id": "x"], "expected a token id or a list of them"),
            (["eos_token_id": -1], "expected a token id or a list of them"),
            (
                ["rope_scaling": ["rope_type": "longrope", "factor": 4.0]],
                #"rope scaling "longrope""#
            ),
            (["rope_scaling": ["type": "yarn"]], #""rope_scaling.factor" is missing"#),
            (["rope_scaling": 7], #""rope_scaling" is 7, expected an object"#),
            (["partial_rotary_factor": 0.05], "gives 0 rotary dimensions"),
        ] as [(JSONObject, String)])
    func defectsAreNamed(changes: JSONObject, expected: String) {
        let problem = problem(changes)
        #expect(problem.hasPrefix("config.json: ") && problem.contains(expected), "\(problem)")
    }

    @Test func bothFormsOfRopeParametersMeanTheSame() throws {
        let scaling: JSONObject = [
            "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        ]
        var newer = scaling
        newer["rope_theta"] = 500000.0
        let old = try read(["rope_scaling": .object(scaling)]).rotary
        let new = try read(["rope_parameters": .object(newer), "rope_theta": .null]).rotary
        #expect(old == new)
        let plain = try read(["rope_parameters": ["rope_type": "default", "rope_theta": 5.0]])
        #expect(plain.rotary.theta == 5 && plain.rotary.scaling == .none)
    }

    /// Computed with `modeling_rope_utils` in float64 for theta 10000, 16 dimensions.
    @Test func yarnTakesItsParameters() throws {
        let rotary = try read([
            "rope_theta": 10000.0,
            "rope_scaling": [
                "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64,
                "mscale": 0.7, "mscale_all_dim": 1.0,
            ],
        ]).rotary
        #expect(abs(rotary.amplitude - 0.963_474_656_886_082_6) < 1e-12)
        let expected = [
            1, 0.237_170_824_512_628_47, 0.05, 0.007_905_694_150_420_948, 0.002_5,
            0.000_790_569_415_042_094_7, 0.000_25, 0.000_079_056_941_504_209_48,
        ]
        for (frequency, expected) in zip(rotary.frequencies, expected) {
            #expect(abs(frequency - expected) < 1e-9 * expected)
        }
    }

    @Test func scalingLengthensTheModel() throws {
        #expect(try read(["rope_scaling": ["type": "linear", "factor": 2.0]]).maxPositions == 512)
        #expect(try read(["rope_scaling": ["type": "dynamic", "factor": 2.0]]).maxPositions == 256)
        let yarn: JSON = [
            "type": "yarn", "factor": 8.0, "original_max_position_embeddings": 128,
        ]
        #expect(try read(["rope_scaling": yarn]).maxPositions == 1024)
    }

    @Test func windowsFollowTheFamily() throws {
        let mistral: JSON = ["MistralForCausalLM"]
        let qwen: JSON = ["Qwen2ForCausalLM"]
        #expect(try read(["sliding_window": 8]).windows == [nil, nil])
        #expect(try read(["architectures": mistral]).windows == [4096, 4096])
        #expect(
            try read(["architectures": mistral, "sliding_window": .null]).windows == [nil, nil])
        #expect(try read(["architectures": mistral, "sliding_window": 8]).windows == [8, 8])
        var sliding: JSONObject = ["architectures": qwen, "sliding_window": 8]
        #expect(try read(sliding).windows == [nil, nil])
        sliding["use_sliding_window"] = true
        sliding["max_window_layers"] = 1
        #expect(try read(sliding).windows == [nil, 8])
        sliding["layer_types"] = ["sliding_attention", "full_attention"]
        #expect(try read(sliding).windows == [8, nil])
        sliding["layer_types"] = ["sliding_attention"]
        #expect(problem(sliding).contains("should list 2 of"))
    }

    @Test func biasesFollowTheFamily() throws {
        #expect(try read([:]).biases == .init())
        let all = try read(["attention_bias": true, "mlp_bias": true]).biases
        #expect(all == .init(queryKeyValue: true, attentionOutput: true, mlp: true))
        #expect(
            try read(["architectures": ["Qwen2ForCausalLM"]]).biases == .init(queryKeyValue: true))
    }

    @Test func generationDefaults() throws {
        let object: JSONObject = [
            "eos_token_id": [1, 2], "temperature": 0.6, "top_p": 0.95, "top_k": 20,
            "repetition_penalty": 1.05,
        ]
        let defaults = try GenerationDefaults(FieldReader(file: "g", object: object))
        #expect(defaults.endTokens == [1, 2] && defaults.topK == 20 && defaults.minP == nil)
        #expect(defaults.temperature == 0.6 && defaults.topP == 0.95)
        #expect(throws: ModelFileError.self) {
            try GenerationDefaults(FieldReader(file: "g", object: ["top_p": 2]))
        }
    }
}
