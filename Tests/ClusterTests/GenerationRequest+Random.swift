import Cluster
import Domain
import Scheduling
import TestSupport

extension GenerationRequest {
    /// A request that fits the harness. Prompts share beginnings, so that the prefix cache has
    /// something to do.
    static func random(
        _ id: UInt64, _ harness: CellHarness, _ random: inout SplitMix64
    ) -> GenerationRequest {
        let limit = harness.cell.configuration.scheduler.maxModelLength
        let length = Int.random(in: 1..<limit, using: &random)
        let shared = Int.random(in: 0...length, using: &random)
        let prompt = (0..<length).map { position in
            TokenID(position < shared ? UInt32(position % 7) : .random(in: 0..<50, using: &random))
        }
        var stop = StopConditions(maxTokens: .random(in: 1...20, using: &random))
        if .random(using: &random) {
            stop.stopTokens = [.init(.random(in: 0..<50, using: &random))]
        }
        return GenerationRequest(
            id: RequestID(id), prompt: prompt, sampling: SamplingParameters(), stop: stop,
            priority: .random(in: -1...2, using: &random),
            objective: id % 3 == 0 ? ServiceLevelObjective(.batch) : nil)
    }
}
