import Domain
import Foundation
import TestSupport
import Testing

@testable import Inference

/// The cuts, penalties and draws against the plainest implementations of their definitions.
struct SamplerTests {
    static let tiers = KernelTier.available

    func sampler(_ size: Int, tier: KernelTier = tiers[0]) -> Sampler {
        Sampler(vocabularySize: size, tier: tier)
    }

    func sample(
        _ sampler: inout Sampler, _ logits: [Float], _ parameters: SamplingParameters,
        history: TokenHistory = TokenHistory(), position: Int = 0, suppressed: [TokenID] = []
    ) -> SampledToken {
        var logits = logits
        return logits.withUnsafeMutableBufferPointer {
            sampler.sample(
                $0, parameters, history: history, position: position, suppressed: suppressed)
        }
    }

    static func randomLogits(_ count: Int, seed: UInt64, spread: Float = 8) -> [Float] {
        var random = SplitMix64(seed: seed)
        // Rounded, so that there are ties.
        return (0..<count).map { _ in (spread * random.uniform() * 16).rounded() / 16 }
    }

    @Test func philoxGivesThePublishedWords() {
        let zero = CounterRandom.words(counter: .zero, key: .zero)
        #expect(zero == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
        let ones = CounterRandom.words(
            counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        #expect(ones == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    }

    @Test(arguments: 0..<8)
    func greedyTakesTheFirstOfTheLargest(seed: UInt64) {
        let logits = Self.randomLogits(1000, seed: seed)
        var parameters = SamplingParameters()
        parameters.temperature = 0
        for tier in Self.tiers {
            var sampler = sampler(1000, tier: tier)
            #expect(sample(&sampler, logits, parameters).token == argmax(logits))
        }
    }

    /// The tokens that may be drawn, from the definitions and a full sort.
    func naiveKept(_ logits: [Float], _ parameters: SamplingParameters) -> [TokenID] {
        let order = logits.indices.sorted { (-logits[$0], $0) < (-logits[$1], $1) }
        let largest = Double(logits.max() ?? 0)
        var kept = order.map { index in
            (index, exp((Double(logits[index]) - largest) / Double(parameters.temperature)))
        }
        kept = kept.filter { $0.1 >= Double(parameters.minP) * (1 - 1e-6) }
        kept = Array(kept.prefix(parameters.topK ?? logits.count))
        let share = Double(parameters.topP) * kept.reduce(0) { $0 + $1.1 }
        var sum = 0.0
        let end = kept.firstIndex { candidate in
            sum += candidate.1
            return sum >= share
        }
        return kept.prefix((end ?? kept.count - 1) + 1).map { TokenID(UInt32($0.0)) }
    }

    @Test(arguments: 0..<60)
    func cutsKeepWhatTheDefinitionsSay(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let logits = Self.randomLogits(300, seed: seed, spread: 2 + 12 * random.uniform())
        var parameters = SamplingParameters()
        parameters.temperature = 0.3 + random.uniform()
        if seed % 2 == 0 { parameters.topK = Int.random(in: 1...300, using: &random) }
        if seed % 3 == 0 { parameters.minP = 0.3 * random.uniform() }
        if seed % 5 != 4 { parameters.topP = 0.05 + 0.9 * random.uniform() }
        let expected = naiveKept(logits, parameters)
        var sampler = sampler(300)
        var drawn: Set<TokenID> = []
        for position in 0..<50 {
            let token = sample(&sampler, logits, parameters, position: position).token
            drawn.insert(token)
        }
        #expect(drawn.isSubset(of: expected))
        let cuts = Cuts(parameters, vocabularySize: 300)
        if cuts.areActive { #expect(sampler.kept.map(\.token) == expected) }
    }

    @Test(arguments: [Float(1), 0.5, 2], [false, true])
    func drawsFollowTheProbabilities(temperature: Float, cut: Bool) {
        let logits: [Float] = [0, 1, 2, 0.5, -1, 2.5, -3, 1.5]
        var parameters = SamplingParameters()
        parameters.temperature = temperature
        parameters.seed = 42
        if cut { parameters.topK = 6 }
        let kept = Set(naiveKept(logits, parameters))
        let weights = logits.indices.map {
            kept.contains(TokenID(UInt32($0))) ? exp(Double(logits[$0] / temperature)) : 0
        }
        let total = weights.reduce(0, +)
        var sampler = sampler(8)
        var counts = [Double](repeating: 0, count: 8)
        let draws = 8000
        for position in 0..<draws {
            counts[sample(&sampler, logits, parameters, position: position).token.index] += 1
        }
        var chiSquare = 0.0
        for index in logits.indices where weights[index] > 0 {
            let expected = weights[index] / total * Double(draws)
            chiSquare += (counts[index] - expected) * (counts[index] - expected) / expected
        }
        // At most 7 degrees of freedom: 1 in 1000 honest samples is above 24.3.
        #expect(chiSquare < 24.3)
        #expect(zip(counts, weights).allSatisfy { $0 == 0 || $1 > 0 })
    }

    @Test func aLargeFlatRowIsDrawnFromToItsEnd() {
        let size = 1024
        var parameters = SamplingParameters()
        parameters.seed = 3
        var sampler = sampler(size)
        let logits = (0..<size).map { Float($0 % 7) * 4 - 20 }
        var rare = 0
        for position in 0..<1000 {
            let token = sample(&sampler, logits, parameters, position: position).token
            rare += token.index % 7 == 6 ? 0 : 1
        }
        // The rest weighs e⁻⁴ / (1 − e⁻⁴) of the first: 18 of 1000.
        #expect((5...40).contains(rare))
    }

    @Test func penaltiesAreTheFormulas() {
        var parameters = SamplingParameters()
        parameters.temperature = 0
        parameters.repetitionPenalty = 2
        parameters.frequencyPenalty = 0.25
        parameters.presencePenalty = 0.5
        parameters.logitBias = [
            .init(token: 3, bias: 1), .init(token: 999, bias: 5), .init(token: 4, bias: -1),
        ]
        var history = TokenHistory(prompt: [0, 1, 1])
        for token: TokenID in [2, 2, 1] { history.append(token) }
        var logits: [Float] = [4, -4, 3, 1, 1, 7]
        let sampler = sampler(6)
        logits.withUnsafeMutableBufferPointer {
            sampler.adjust($0, parameters, history, [5, 999])
        }
        #expect(logits == [2, -8.75, 0.5, 2, 0, -.infinity])
    }

    @Test(arguments: tiers)
    func suppressedTokensAreNeverChosen(tier: KernelTier) {
        let logits = Self.randomLogits(64, seed: 9)
        var sampler = sampler(64, tier: tier)
        let suppressed = (0..<63).map { TokenID(UInt32($0)) }
        for temperature: Float in [0, 0.7, 5] {
            var parameters = SamplingParameters()
            parameters.temperature = temperature
            for position in 0..<20 {
                let token = sample(
                    &sampler, logits, parameters, position: position, suppressed: suppressed)
                #expect(token.token == 63)
            }
        }
    }

    @Test(arguments: tiers)
    func logprobsAreOfTheRawLogits(tier: KernelTier) throws {
        let logits = Self.randomLogits(500, seed: 21)
        let sum = log(logits.reduce(0) { $0 + exp(Double($1)) })
        let order = logits.indices.sorted { (-logits[$0], $0) < (-logits[$1], $1) }
        var parameters = SamplingParameters()
        parameters.temperature = 0.1
        parameters.logprobs = 5
        parameters.logitBias = [.init(token: 17, bias: 100)]
        var sampler = sampler(500, tier: tier)
        let sampled = sample(&sampler, logits, parameters)
        #expect(sampled.token == 17)
        let logprob = try #require(sampled.logprob)
        #expect(abs(Double(logprob) - (Double(logits[17]) - sum)) < 1e-4)
        #expect(sampled.rank == 1 + logits.filter { $0 > logits[17] }.count)
        #expect(sampled.top.map(\.token.index) == Array(order.prefix(5)))
        for (rival, index) in zip(sampled.top, order) {
            #expect(abs(Double(rival.logprob) - (Double(logits[index]) - sum)) < 1e-4)
        }
        var row = logits
        let prompt = row.withUnsafeMutableBufferPointer {
            sampler.promptLogprob($0, token: 17, top: 0)
        }
        #expect(prompt.logprob == sampled.logprob && prompt.top.isEmpty)
    }

    @Test func theChoiceIsAFunctionOfSeedAndPosition() {
        let logits = Self.randomLogits(200, seed: 1, spread: 3)
        var parameters = SamplingParameters()
        parameters.topP = 0.9
        var first = sampler(200)
        var second = sampler(200)
        _ = sample(&second, Self.randomLogits(200, seed: 2), parameters, position: 9)
        let forward = (0..<64).map { sample(&first, logits, parameters, position: $0).token }
        let backward = (0..<64).reversed().map {
            sample(&second, logits, parameters, position: $0).token
        }
        #expect(forward == backward.reversed())
        parameters.seed = 1
        let other = (0..<64).map { sample(&first, logits, parameters, position: $0).token }
        #expect(forward != other)
    }

    @Test(arguments: tiers)
    func badLogitsDoNotTrap(tier: KernelTier) {
        let bad: [[Float]] = [
            [.nan, .nan, .nan, .nan], [.nan, 1, .infinity, 2], [-.infinity, -.infinity, 0, .nan],
            [-.infinity, -.infinity, -.infinity, -.infinity], [.infinity, .infinity, 1, 2],
            [3e38, -3e38, 3e38, 0], [0, .nan, 0.5, -.infinity],
        ]
        var sampler = sampler(4, tier: tier)
        for logits in bad {
            for temperature: Float in [0, 1e-4, 1, 1e6] {
                for topP: Float in [0, 0.5, 1] {
                    var parameters = SamplingParameters()
                    parameters.temperature = temperature
                    parameters.topP = topP
                    parameters.logprobs = 4
                    parameters.repetitionPenalty = 1.5
                    let token = sample(
                        &sampler, logits, parameters, history: TokenHistory(prompt: [0, 1, 9]))
                    #expect(token.token.index < 4)
                }
            }
        }
    }
}
