internal import ArgumentParser
internal import Domain
internal import Inference

/// `kunserve model`: model directories.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Make models.",
        subcommands: [RandomModelCommand.self]
    )
}

/// `kunserve model random`: a model of a real family's shape with random weights.
struct RandomModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "random",
        abstract: "Make a model of a given size with random weights.",
        discussion: """
            Speed and memory depend on the shape of a model and not on its weights, so both can be \
            measured without a download. What is not given is chosen as in published models. With \
            the vocabulary of the demo model, its tokenizer comes along and text can be sent; \
            the answers mean nothing.
            """
    )

    @Argument(help: "Directory to write; new or empty.")
    var directory: String

    @Option(help: "Whose shape to take: llama, mistral, qwen2 or qwen3.")
    var like: ModelFamily = .llama

    @Option(help: "Number of parameters, such as 100M or 1.1B, met within 3 %.")
    var params: ParameterCount?

    @Option(help: "Transformer layers.")
    var layers: Int?

    @Option(help: "Hidden size.")
    var hidden: Int?

    @Option(help: "Attention heads.")
    var heads: Int?

    @Option(help: "Heads of keys and values.")
    var kvHeads: Int?

    @Option(help: "Vocabulary size.")
    var vocabSize = 2048

    @Option(help: "The longest sequence.")
    var maxPositions = 2048

    @Option(help: "Equal seeds give equal weights.")
    var seed: UInt64 = 0

    @Flag(help: "Use the embedding table as the head.")
    var tieEmbeddings = false

    func validate() throws {
        guard (1...1 << 24).contains(maxPositions) else {
            throw ValidationError("--max-positions is \(maxPositions), expected 1 to \(1 << 24)")
        }
        if params == nil && (hidden == nil || layers == nil) {
            throw ValidationError("expected --params, or --hidden and --layers")
        }
    }

    func run() throws {
        let model = try randomModel()
        var bar = ProgressBar(label: "writing")
        let hasTokenizer = try model.write(
            to: ModelDirectory(path: directory), tokenizer: DemoModel.find()
        ) { bar.show($0.bytes, of: $1.bytes) }
        print(
            """
            \(directory): \(model.parameterCount) parameters, \(model.layerCount) layers of \
            \(model.hiddenSize), \(model.headCount) heads (\(model.keyValueHeadCount) of keys and \
            values), MLP \(model.intermediateSize), vocabulary \(model.vocabularySize)
            """)
        if !hasTokenizer {
            print("no tokenizer has this vocabulary: the model can be measured but not served")
        }
    }

    private func randomModel() throws -> RandomModel {
        var size = RandomModelSize(vocabularySize: vocabSize)
        size.architecture = like.architecture
        size.parameters = params?.count
        size.hiddenSize = hidden
        size.layerCount = layers
        size.headCount = heads
        size.keyValueHeadCount = kvHeads
        size.tiedEmbeddings = tieEmbeddings
        var model = try size.model()
        model.maxPositions = maxPositions
        model.seed = seed
        return model
    }
}

/// `--like`.
enum ModelFamily: String, ExpressibleByArgument, CaseIterable {
    case llama, mistral, qwen2, qwen3

    var architecture: Architecture {
        switch self {
        case .llama: .llama
        case .mistral: .mistral
        case .qwen2: .qwen2
        case .qwen3: .qwen3
        }
    }
}

/// `--params`: a number, or one with K, M, B or T behind it.
struct ParameterCount: ExpressibleByArgument {
    let count: Int

    init?(argument: String) {
        let powers: [Character: Double] = ["K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12]
        let suffix = argument.uppercased().last.flatMap { powers[$0] }
        let digits = suffix == nil ? argument[...] : argument.dropLast()
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let number = Double(digits), (1...1e15).contains(number * (suffix ?? 1))
        else { return nil }
        count = Int((number * (suffix ?? 1)).rounded())
    }
}
