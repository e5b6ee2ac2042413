import Domain
import Scheduling
import TestSupport
import Testing

@testable import Runtime

/// Coefficients come back from samples that were made with them.
struct ProfileFitTests {
    private static let truth = BatchCostModel(
        perPair: 8e-9, perToken: 3e-5, perChunk: 1.1e-3, shared: 1e-3,
        decode: BatchCostModel.Decode(
            perStep: 1.4e-3, perSequence: 4e-4, perContextToken: 3e-9))

    /// Times of random prompts and decodes, off by up to `noise`.
    private func samples(_ random: inout SplitMix64, noise: Double, count: Int) -> [CostSample] {
        (0..<count).map { index in
            let places = 0..<Int.random(in: 1...8, using: &random)
            let prefixes = places.map { _ in Int.random(in: 0...16000, using: &random) }
            let step =
                index % 3 == 0
                ? ProfileStep(prefixes: [], count: 0, contexts: prefixes)
                : ProfileStep(prefixes: prefixes, count: .random(in: 16...1024, using: &random))
            let factor = 1 + .random(in: -noise...noise, using: &random)
            return CostSample(load: step.load, seconds: Self.truth.cost(of: step.load) * factor)
        }
    }

    @Test(arguments: 0..<10)
    func withoutNoiseTheFitIsExact(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let fit = try #require(CostModelFit.fit(samples(&random, noise: 0, count: 60)))
        for (found, given) in zip(coefficients(fit), coefficients(Self.truth)) {
            #expect(abs(found / given - 1) < 1e-6)
        }
    }

    @Test(arguments: 0..<10)
    func withNoiseItPredictsUnseenSteps(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let training = samples(&random, noise: 0.05, count: 90)
        let unseen = samples(&random, noise: 0, count: 60)
        let fit = try #require(CostModelFit.fit(training))
        let blind = try #require(CostModelFit.fitBlind(training))
        let prompts = unseen.filter { $0.load.decodes == 0 }
        #expect(CostError(of: fit, on: unseen).mean < 0.03)
        #expect(CostError(of: blind, on: prompts).mean > 0.1)
    }

    private func coefficients(_ model: BatchCostModel) -> [Double] {
        [
            model.perPair, model.perToken, model.perChunk, model.shared, model.decode.perStep,
            model.decode.perSequence, model.decode.perContextToken,
        ]
    }

    @Test func noSamplesAreNoModel() {
        #expect(CostModelFit.fit([]) == nil)
        #expect(CostModelFit.fitBlind([]) == nil)
        #expect(CostModelFit.fit([CostSample(load: .zero, seconds: 1)]) == nil)
    }

    @Test func chunksOfOneKindStillGiveTheCostOfATokenWithoutTraps() throws {
        // One chunk each: γ − λ cannot be told from λ.
        let steps = [64, 128, 256, 512].map { ProfileStep(prefixes: [0], count: $0) }
        let samples = steps.map {
            CostSample(load: $0.load, seconds: Self.truth.cost(of: $0.load))
        }
        let fit = try #require(CostModelFit.fit(samples))
        #expect(CostError(of: fit, on: samples).worst < 1e-6)
        #expect(fit.shared <= fit.perChunk)
    }

    // MARK: Least squares

    @Test func unknownsAreNeverNegative() {
        // y = 2x − 1 without noise; the best without a negative constant goes through 0.
        let system = LeastSquares(rows: [[1, 1], [2, 1], [3, 1]], values: [1, 3, 5])
        let free = system.solve([0, 1])
        #expect(abs((free?[0] ?? 0) - 2) < 1e-12 && abs((free?[1] ?? 0) + 1) < 1e-12)
        let solution = system.solveNonNegative()
        #expect(abs(solution[0] - 22.0 / 14) < 1e-12 && solution[1] == 0)
    }

    @Test func dependentColumnsAreNotSolved() {
        let system = LeastSquares(rows: [[1, 2], [2, 4], [3, 6]], values: [1, 2, 3])
        #expect(system.solve([0, 1]) == nil)
        let solution = system.solveNonNegative()
        #expect(abs(solution[0] + 2 * solution[1] - 1) < 1e-12)
        #expect(LeastSquares(rows: [[1, 1]], values: [1]).solve([0, 1]) == nil)
        #expect(LeastSquares(rows: [], values: []).solveNonNegative() == [])
    }

    @Test func unitsMayDifferByTwelveOrders() {
        let rows = (1...20).map { [Double($0 * $0) * 1e9, Double($0), 1e-3] }
        let values = rows.map { 3e-12 * $0[0] + 0.5 * $0[1] + 7 * $0[2] }
        let solution = LeastSquares(rows: rows, values: values).solveNonNegative()
        for (found, given) in zip(solution, [3e-12, 0.5, 7]) {
            #expect(abs(found / given - 1) < 1e-6)
        }
    }
}
