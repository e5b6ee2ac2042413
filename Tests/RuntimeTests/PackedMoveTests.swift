import Cluster
import Domain
import Planning
import TestSupport
import Testing

@testable import Runtime

/// Packed sequences on the real engine.
struct PackedMoveTests {
    private func prompt(_ seed: UInt64) -> [TokenID] {
        var random = SplitMix64(seed: seed)
        return (0..<20).map { _ in TokenID(.random(in: 0..<200, using: &random)) }
    }

    /// Two instances that take requests in turn; one would do for all.
    private func packed(_ policy: TransferPolicy) throws -> RuntimeHarness {
        try RuntimeHarness(model: RuntimeHarness.fixture("llama3")) {
            $0.instances = 2
            $0.memory = .kvCache(.mebibytes(2))
            $0.dispatch = .roundRobin
            $0.overloadPolicy = .recompute
            $0.overload.sampleInterval = .microseconds(200)
            $0.relocationPolicy = .mell
            $0.packing.transferPolicy = policy
            $0.packing.epoch = .milliseconds(1)
            $0.packing.mostDeferrals = 1
        }
    }

    /// Whether KV or tokens move, what comes out has the bits of a quiet run.
    @Test(arguments: TransferPolicy.allCases)
    func movesChangeNoToken(policy: TransferPolicy) async throws {
        let (quiet, packed) = (try RuntimeHarness(), try packed(policy))
        defer {
            quiet.runtime.stop()
            packed.runtime.stop()
        }
        let answers = await withTaskGroup(of: (UInt64, RuntimeHarness.Answer).self) { group in
            for seed in 0..<6 as Range<UInt64> {
                let request = packed.request(prompt: prompt(seed), maxTokens: 120)
                group.addTask { (seed, await packed.collect(request)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for seed in 0..<6 as Range<UInt64> {
            let expected = await quiet.collect(quiet.request(prompt: prompt(seed), maxTokens: 120))
            #expect(answers[seed]?.tokens == expected.tokens, "request \(seed)")
        }
        let kinds = packed.runtime.events(after: 0).map(\.kind)
        #expect(kinds.contains("relocated"))
        if policy == .tokens { #expect(kinds.contains("preempted")) }
        if policy == .kv { #expect(!kinds.contains("preempted")) }
    }
}
