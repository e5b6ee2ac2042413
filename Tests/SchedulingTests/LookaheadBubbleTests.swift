import Domain
import TestSupport
import Testing

@testable import Scheduling

/// What lookahead is for: in a pipeline, batches of equal cost leave the stages less idle.
struct LookaheadBubbleTests {
    /// Stages in a row; each takes a batch when the stage before is done with it.
    private struct Pipeline {
        let stages: Int

        /// The share of the time in which stages wait between their first and their last batch.
        func bubbles(_ costs: [Double]) -> Double {
            var free = Array(repeating: 0.0, count: stages)
            var idle = 0.0
            for (index, cost) in costs.enumerated() {
                var ready = 0.0
                for stage in 0..<stages {
                    if index > 0 { idle += max(0, ready - free[stage]) }
                    ready = max(ready, free[stage]) + cost
                    free[stage] = ready
                }
            }
            return idle / (idle + costs.reduce(0, +) * Double(stages))
        }
    }

    /// Half a billion parameters: attention is as dear as all else after some 8 000 tokens.
    private static let costs = BatchCostModel(
        ModelArithmetic(
            layerCount: 24, queryWidth: 896, keyValueWidth: 128, parameters: 358_000_000))

    /// Many prompts of some hundred tokens, few of tens of thousands.
    private func longTailedQueue(_ random: inout SplitMix64) -> [PromptChunk] {
        (0..<60).map { index in
            // A sum of uniforms is about normal; its exponential has the tail.
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + .random(in: 0...1, using: &random)
            }
            let length = 700 * exponential(1.4 * normal)
            return chunk(index, count: min(65536, max(16, Int(length))))
        }
    }

    private func exponential(_ x: Double) -> Double {
        // The limit definition, squared up ten times: no C library in these tests.
        var result = 1 + x / 1024
        for _ in 0..<10 { result *= result }
        return result
    }

    /// Bubbles of `form`, the mean over many queues.
    private func meanBubbles(
        stages: Int, _ form: ([PromptChunk]) -> [[PromptChunk]]
    ) -> Double {
        let pipeline = Pipeline(stages: stages)
        let seeds = 0..<20
        return seeds.reduce(0) { sum, seed in
            var random = SplitMix64(seed: seed)
            let batches = form(longTailedQueue(&random))
            return sum + pipeline.bubbles(batches.map(Self.costs.cost(of:))) / Double(seeds.count)
        }
    }

    @Test(arguments: [2, 4])
    func lookaheadLeavesFewerBubbles(stages: Int) {
        let byTokens = meanBubbles(stages: stages) { tokenCountBatches($0, budget: 2048) }
        let even = Lookahead(costs: Self.costs, minTokens: 2048, maxTokens: 4096)
        let halving = Lookahead(
            costs: Self.costs, minTokens: 2048, maxTokens: 4096, partition: .halving)
        #expect(meanBubbles(stages: stages, even.formBatches) < 0.2 * byTokens)
        #expect(meanBubbles(stages: stages, halving.formBatches) < 0.8 * byTokens)
    }
}
