internal import ArgumentParser
internal import Cluster
internal import Domain
internal import Inference
internal import Runtime
internal import Scheduling

/// `kunserve bench`: measurements.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure.",
        subcommands: [
            BenchServeCommand.self, BenchReportCommand.self, ThroughputCommand.self,
            RemapCommand.self,
        ]
    )
}

/// `kunserve bench throughput`: the engine alone, beside the limits of the machine.
struct ThroughputCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "throughput",
        abstract: "Measure the engine alone: prompt, decode and batched decode.",
        discussion: """
            Prints tokens per second and the share of the machine's two limits, read bandwidth \
            and f32 multiply-adds, which it measures in the same run.
            """
    )

    @OptionGroup
    var instance: InstanceOptions

    @Option(help: "Tokens of the prompt.")
    var promptTokens = 512

    @Option(help: "Steps of decoding.")
    var decodeTokens = 64

    @Option(help: "Sequences that decode together.")
    var batch = 16

    @Option(help: "Rounds; the median counts.")
    var rounds = 3

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func validate() throws {
        for (flag, value) in [
            ("--prompt-tokens", promptTokens), ("--decode-tokens", decodeTokens),
            ("--batch", batch), ("--rounds", rounds),
        ] where !(1...65536).contains(value) {
            throw ValidationError("\(flag) is \(value), expected 1 to 65536")
        }
    }

    func run() throws {
        var benchmark = ThroughputBenchmark()
        benchmark.promptTokens = promptTokens
        benchmark.decodedTokens = decodeTokens
        benchmark.batch = batch
        benchmark.rounds = rounds
        let engine = try load(benchmark)
        let report = try benchmark.run(on: engine.executors[0])
        print(json ? report.json.text : report.table)
    }

    private func load(_ benchmark: ThroughputBenchmark) throws -> Engine {
        var configuration = try instance.configuration()
        configuration.memory = .kvCache(.gibibytes(1))
        configuration.scheduler.maxBatchedTokens = max(512, batch)
        var bar = ProgressBar(label: "loading")
        let engine = try Engine(configuration) { bar.show($0.bytes, of: $1.bytes) }
        let slots = engine.executors[0].plan.blockCount * configuration.scheduler.blockSize
        guard benchmark.neededSlots + batch * 16 <= slots, promptTokens <= engine.model.maxPositions
        else {
            throw ValidationError(
                "the model has \(engine.model.maxPositions) positions and the KV cache of this "
                    + "benchmark \(slots) slots; use fewer tokens or sequences")
        }
        return engine
    }
}

extension ThroughputReport {
    /// For people.
    var table: String {
        let rows: [(String, Double, String)] = [
            (
                "prompt of \(benchmark.promptTokens)", promptTokensPerSecond,
                "\(percent(promptComputeShare)) of f32 FMA peak"
            ),
            (
                "decode, 1 sequence", decodeTokensPerSecond,
                "\(percent(decodeBandwidthShare)) of read bandwidth"
            ),
            (
                "decode, \(benchmark.batch) sequences", batchedDecodeTokensPerSecond,
                "\(percent(batchedDecodeBandwidthShare)) of read bandwidth, "
                    + "\(percent(batchedDecodeComputeShare)) of f32 FMA peak"
            ),
        ]
        let gigabytes = tenths(limits.readBandwidth / 1e9)
        let gigaflops = tenths(limits.flops / 1e9)
        let lines = rows.map { name, rate, share in
            pad(name, to: 24) + pad("\(tenths(rate)) tokens/s", to: 20) + share
        }
        return (["limits: \(gigabytes) GB/s read, \(gigaflops) GFLOP/s f32"] + lines)
            .joined(separator: "\n")
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
