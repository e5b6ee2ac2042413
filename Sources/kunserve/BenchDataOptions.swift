internal import ArgumentParser
internal import Benchmarking

/// What the requests are.
struct BenchDataOptions: ParsableArguments {
    enum Dataset: String, ExpressibleByArgument, CaseIterable { case random, trace, custom }

    @Option(help: "random, trace (CSV) or custom (a file with one prompt per line).")
    var datasetName = Dataset.random

    @Option(help: "File of the trace or of the prompts.")
    var datasetPath: String?

    @Option(help: "How many requests (default: 1000, or all of the file).")
    var numPrompts: Int?

    @Option(help: "Tokens per random prompt.")
    var randomInputLen = 1024

    @Option(help: "Tokens per answer to a random prompt.")
    var randomOutputLen = 128

    @Option(help: "Random lengths lie within the mean times 1 - ratio and 1 + ratio.")
    var randomRangeRatio = 0.0

    @Option(help: "First tokens that all token prompts share.")
    var randomPrefixLen = 0

    @Option(help: "Token ids of prompts are drawn below this.")
    var randomVocabSize = 2000

    @Option(help: "Token ids of prompts are drawn from here; special tokens often come first.")
    var randomVocabLow = 16

    @Option(help: "Tokens per answer where a prompt file does not say.")
    var customOutputLen = 256

    @Flag(
        inversion: .prefixedNo,
        help: "Generate exactly the planned number of tokens (default: yes, but not for custom).")
    var ignoreEos: Bool?

    func validate() throws {
        guard datasetName == .random || datasetPath != nil else {
            throw ValidationError("--dataset-name \(datasetName.rawValue) needs --dataset-path")
        }
        let counts = [
            ("--random-input-len", randomInputLen), ("--random-output-len", randomOutputLen),
            ("--custom-output-len", customOutputLen), ("--num-prompts", numPrompts ?? 1),
        ]
        for (flag, value) in counts where !(1...10_000_000).contains(value) {
            throw ValidationError("\(flag) is \(value), expected 1 to 10000000")
        }
        guard (0...10_000_000).contains(randomPrefixLen) else {
            throw ValidationError("--random-prefix-len is \(randomPrefixLen), expected 0 or more")
        }
        guard randomVocabLow >= 0, randomVocabLow < randomVocabSize,
            randomVocabSize <= Int(Int32.max)
        else {
            throw ValidationError("--random-vocab-low must be below --random-vocab-size")
        }
        guard (0..<1).contains(randomRangeRatio) else {
            throw ValidationError("--random-range-ratio is \(randomRangeRatio), expected 0 to 1")
        }
    }

    var isForced: Bool { ignoreEos ?? (datasetName != .custom) }

    func prompts(seed: UInt64) -> PromptMaker {
        PromptMaker(
            vocabulary: randomVocabLow..<randomVocabSize, prefixTokens: randomPrefixLen, seed: seed)
    }

    func source(_ load: BenchLoadOptions, _ trace: BenchTraceOptions) -> WorkloadSource {
        let path = datasetPath ?? ""
        switch datasetName {
        case .random:
            var random = RandomWorkload()
            random.count = numPrompts ?? random.count
            random.inputTokens = randomInputLen
            random.outputTokens = randomOutputLen
            random.rangeRatio = randomRangeRatio
            random.prefixTokens = randomPrefixLen
            random.arrivals = load.arrivals
            random.seed = load.seed
            return .random(random)
        case .trace:
            return .trace(trace.workload(path: path, limit: numPrompts, seed: load.seed))
        case .custom:
            var file = PromptFile(path: path)
            file.count = numPrompts
            file.outputTokens = customOutputLen
            file.arrivals = load.arrivals
            file.seed = load.seed
            return .custom(file)
        }
    }
}
