internal import ArgumentParser
internal import Cluster
internal import Domain
internal import Inference
internal import Runtime
internal import Scheduling

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// `kunserve profile`: what steps cost on this machine.
struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Measure what steps of a model cost on this machine.",
        discussion: """
            Runs prompt chunks, decodes and mixtures of both on one instance and fits the cost \
            model that pipelined groups form batches with. Errors are those of predictions for \
            steps that were not fitted. Quiet machines give better profiles.
            """
    )

    @OptionGroup
    var instance: InstanceOptions

    @Option(help: "The longest sequence to measure (default: the model's).")
    var maxModelLen: Int?

    @Option(help: "The most tokens of one step.")
    var maxNumBatchedTokens = 512

    @Option(help: "All memory of the instance, such as 2GiB.")
    var memoryPerInstance: ByteCount?

    @Option(help: "Size of the instance's KV cache (default: 1GiB).")
    var kvCacheMemoryBytes: ByteCount?

    @Option(help: "About how long to measure.")
    var seconds = 60.0

    @Option(help: "Chooses steps and their order.")
    var seed: UInt64 = 0

    @Option(name: [.short, .long], help: "File to write the profile to, as JSON.")
    var output: String?

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func validate() throws {
        guard (1...86400).contains(seconds) else {
            throw ValidationError("--seconds is \(seconds), expected 1 to 86400")
        }
        if memoryPerInstance != nil && kvCacheMemoryBytes != nil {
            throw ValidationError(
                "--memory-per-instance and --kv-cache-memory-bytes exclude each other")
        }
    }

    func run() throws {
        let file = try output.map { try ProfileFile(path: $0) }
        let engine = try load()
        var profiler = Profiler(model: instance.model ?? DemoModel.name)
        profiler.seconds = seconds
        profiler.seed = seed
        var bar = ProgressBar(label: "measuring")
        let outcome = try profiler.run(on: engine.executors[0]) {
            bar.show(Int($0 * 1000), of: 1000)
        }
        try file?.write(outcome.json.text + "\n")
        print(json ? outcome.json.text : outcome.profile.table)
    }

    private func load() throws -> Engine {
        var configuration = try instance.configuration()
        configuration.maxModelLength = maxModelLen
        configuration.memory =
            memoryPerInstance.map { .budget($0) } ?? .kvCache(kvCacheMemoryBytes ?? .gibibytes(1))
        configuration.scheduler.maxBatchedTokens = maxNumBatchedTokens
        var bar = ProgressBar(label: "loading")
        return try Engine(configuration) { bar.show($0.bytes, of: $1.bytes) }
    }
}

/// The file that a profile goes to: opened first, so that a wrong path does not cost a minute.
private struct ProfileFile {
    let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    func write(_ text: String) throws {
        defer { close(descriptor) }
        guard ftruncate(descriptor, 0) == 0 else { throw Self.failure(path) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send($0) }
            guard count > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    private func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func failure(_ path: String) -> ValidationError {
        ValidationError("\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}

extension CostProfile {
    /// For people.
    var table: String {
        let coefficients: [(String, Double, String)] = [
            ("alpha", costs.perPair, "prompt token and position it attends to"),
            ("beta", costs.perToken, "prompt token"),
            ("gamma", costs.perChunk, "chunk"),
            ("lambda", costs.shared, "chunk after the first of a batch, less"),
            ("", costs.decode.perStep, "step that only decodes, at least"),
            ("", costs.decode.perSequence, "decoded token"),
            ("", costs.decode.perContextToken, "decoded token and position it attends to"),
        ]
        let predictions: [(String, CostError)] = [
            ("prompts", errors.prompt), ("prompts, counting tokens", errors.blindPrompt),
            ("decodes", errors.decode), ("both in one step", errors.mixed),
        ]
        return
            (["\(model): \(computeType), kernels \(tier), \(threads) thread(s)", ""]
            + coefficients.map { pad($0, to: 10) + pad(duration($1), to: 12) + "per " + $2 }
            + ["", pad("error on unseen steps", to: 28) + pad("steps", to: 8) + "mean    worst"]
            + predictions.map { name, error in
                pad("  " + name, to: 28) + pad("\(error.samples)", to: 8)
                    + pad(percent(error.mean, of: error), to: 8) + percent(error.worst, of: error)
            }
            + [
                "",
                "the device is full from \(minTokens) tokens on: \(digits(promptTokensPerSecond)) "
                    + "tokens/s at best",
                "copies between instances: \(digits(copyBytesPerSecond / 1e9)) GB/s",
            ]).joined(separator: "\n")
    }

    private func duration(_ seconds: Double) -> String {
        let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "us")]
        let (size, name) = units.first { seconds >= $0.0 } ?? (1e-9, "ns")
        return "\(digits(seconds / size)) \(name)"
    }

    private func percent(_ share: Double, of error: CostError) -> String {
        error.samples == 0 ? "-" : "\(digits(share * 100)) %"
    }

    /// Three digits, or as many as the whole part has.
    private func digits(_ value: Double) -> String {
        guard value < 100 else { return "\(Int(value.rounded()))" }
        let scale = value < 10 ? 100.0 : 10.0
        return "\((value * scale).rounded() / scale)"
    }

    private func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
