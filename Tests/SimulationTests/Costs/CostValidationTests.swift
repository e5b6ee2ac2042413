import Domain
import Scheduling
import Simulation
import Testing

/// The composed model beside other people's predictions and measurements of whole steps.
struct CostValidationTests {
    struct Example: Sendable {
        let accelerator: Accelerator
        let model: ModelArchitecture
        let tensorParallel: Int
        /// Milliseconds: decoding 1, 32, 128 sequences at 1024 positions; prompts of 512, 2048 and
        /// 4096; a chunk of 512 after 1024 beside 64 sequences that decode at 1024.
        let milliseconds: [Double]

        init(
            _ accelerator: Accelerator, _ model: ModelArchitecture, _ tensorParallel: Int,
            _ milliseconds: [Double]
        ) {
            self.accelerator = accelerator
            self.model = model
            self.tensorParallel = tensorParallel
            self.milliseconds = milliseconds
        }

        static let loads = [
            .decoding(1, at: 1024), .decoding(32, at: 1024), .decoding(128, at: 1024),
            .prompt(512), .prompt(2048), .prompt(4096),
            .prompt(512, after: 1024) + BatchLoad.decoding(64, at: 1024),
        ]
    }

    static let examples = [
        Example(.a100, .llama3x8B, 1, [11.0, 14.7, 26.4, 41, 151, 307, 53]),
        Example(.a100, .llama70B, 4, [27.1, 31.9, 48.3, 116, 396, 781, 135]),
        Example(.a100, .llama3x70B, 4, [27.4, 32.3, 49.1, 117, 398, 785, 136]),
        Example(.a100, .llama3x70B, 8, [16.2, 19.4, 29.2, 75, 242, 471, 86]),
        Example(.a100, .qwen72B, 4, [27.3, 43.6, 93.9, 117, 409, 813, 160]),
        Example(.a100, .qwen25x14B, 1, [21.5, 26.4, 45.5, 67, 233, 474, 86]),
        Example(.a100, .qwen25x72B, 4, [29.6, 34.0, 47.8, 107, 349, 686, 124]),
        Example(.h100, .llama3x8B, 1, [6.8, 8.4, 13.6, 11.7, 46, 95, 17]),
        Example(.h100, .llama70B, 4, [16.4, 18.2, 24.1, 47, 147, 285, 54]),
        Example(.h100, .llama3x70B, 4, [16.1, 17.8, 23.5, 35, 134, 270, 43]),
        Example(.h100, .llama3x70B, 8, [10.3, 11.5, 15.4, 25, 87, 170, 30]),
        Example(.h100, .qwen72B, 4, [16.7, 25.3, 52.8, 49, 151, 291, 70]),
        Example(.h100, .qwen25x14B, 1, [12.1, 14.7, 22.8, 21, 87, 180, 30]),
        Example(.h100, .qwen25x72B, 4, [16.5, 18.2, 23.8, 36, 137, 276, 43]),
        Example(.h200, .llama3x8B, 1, [5.3, 6.6, 10.8, 11.5, 48, 100, 16]),
    ]

    @Test(arguments: examples)
    func predictionsAreThoseOfTheTable(example: Example) throws {
        let model = try #require(
            DeviceCostModel(
                example.accelerator, example.model, tensorParallel: example.tensorParallel))
        for (load, expected) in zip(Example.loads, example.milliseconds) {
            let found = model.milliseconds(load)
            #expect(abs(found / expected - 1) < 0.03, "\(load): \(found)")
        }
    }

    /// Llama-2-70B on two A100, one prompt at a time (splitwise-sim, vLLM 2023): milliseconds of
    /// the prompt and of a token after it, then what the model says of the prompt, as a ratio. No
    /// time of the processor is added: there a step takes 0.1 to 2.8 ms less than predicted.
    @Test(arguments: [
        (128, 81.08, 53.68, 0.98), (256, 112.93, 54.10, 1.07), (512, 196.86, 54.86, 1.04),
        (1024, 377.06, 54.77, 0.99), (2048, 688.05, 54.89, 1.04), (4096, 1485.35, 55.87, 0.96),
        (8192, 2990.18, 57.32, 0.98),
    ])
    func splitwise(tokens: Int, prompt: Double, token: Double, ratio: Double) throws {
        let model = try #require(
            DeviceCostModel(.a100, .llama70B, tensorParallel: 2, collectives: .launched))
        #expect(abs(model.milliseconds(.prompt(tokens)) / prompt - ratio) < 0.006)
        let decoding = model.milliseconds(.decoding(1, at: tokens + 64))
        #expect(abs(decoding - token) < 3 && abs(decoding / token - 1) < 0.06)
    }

    /// The same on four A100 and on H100s, where the engine of 2023 took longer than the devices:
    /// what its tokens take beyond the model is what `cpuPerStep` stands for.
    @Test(arguments: [
        (Accelerator.a100, 4, 45.0, 9.5), (.a100, 8, 44.9, 21.1), (.h100, 2, 37.0, 4.6),
        (.h100, 4, 29.7, 4.6), (.h100, 8, 29.8, 12.6),
    ])
    func whatAnEngineAdds(
        accelerator: Accelerator, tensorParallel: Int, token: Double, rest: Double
    ) throws {
        let model = try #require(
            DeviceCostModel(
                accelerator, .llama70B, tensorParallel: tensorParallel, collectives: .launched))
        let found = token - model.milliseconds(.decoding(1, at: 576))
        #expect(abs(found - rest) < 0.1, "\(found)")
    }

    /// Time between tokens of vLLM 0.15 on H100 under load (BLIS's measurements, whose batches and
    /// lengths are only roughly known): the range measured, the model's smallest and largest batch
    /// at 700 positions, and what the model says as a ratio at both ends.
    @Test(arguments: [
        (ModelArchitecture.llama3x70B, 4, 17.1...19.7, 1...64, 0.94...0.97),
        (.llama7B, 1, 9.3...10.6, 16...32, 0.86...0.99),
        (.qwen25x7B, 1, 7.0...7.0, 1...32, 0.90...0.98),
    ])
    func blis(
        model: ModelArchitecture, tensorParallel: Int, measured: ClosedRange<Double>,
        batches: ClosedRange<Int>, ratios: ClosedRange<Double>
    ) throws {
        let device = try #require(
            DeviceCostModel(.h100, model, tensorParallel: tensorParallel))
        let least = device.milliseconds(.decoding(batches.lowerBound, at: 700))
        let most = device.milliseconds(.decoding(batches.upperBound, at: 700))
        #expect(abs(least / measured.lowerBound - ratios.lowerBound) < 0.01, "\(least)")
        #expect(abs(most / measured.upperBound - ratios.upperBound) < 0.01, "\(most)")
    }

    /// A first token of the largest of these took 52 to 58 ms (of prompts of about 600 tokens),
    /// 15.6 of which pass before the first step.
    @Test func blisFirstToken() throws {
        let device = try #require(DeviceCostModel(.h100, .llama3x70B, tensorParallel: 4))
        let preset = try #require(ClusterPreset.named("h100-llama-3-70b"))
        let time = device.milliseconds(.prompt(600)) + preset.requestOverhead.seconds * 1e3
        #expect((52...58).contains(time), "\(time)")
    }
}
