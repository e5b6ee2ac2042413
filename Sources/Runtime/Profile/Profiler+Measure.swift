internal import Domain
internal import Scheduling

extension Profiler {
    /// What one step took.
    package struct Measurement: Hashable, Sendable {
        package var step: ProfileStep
        /// Each time it ran, in the order of running.
        package var times: [Double] = []
        /// Not used to fit, but to see how well the fit predicts.
        package var isHeldOut = false

        /// The median of the faster half: what disturbs a step only slows it.
        package var seconds: Double {
            let sorted = times.sorted()
            return sorted.isEmpty ? 0 : sorted[sorted.count / 4]
        }

        package var sample: CostSample { CostSample(load: step.load, seconds: seconds) }
    }

    /// Passes over all steps; more if the time allows.
    private static let passes = 5

    /// How much of the time each kind of step gets.
    private static let shares = (chunks: 0.45, batches: 0.15, decodes: 0.25, mixtures: 0.15)

    /// As many steps as the time allows, by what they are expected to take.
    func choose(
        from grid: ProfileGrid, estimate: BatchCostModel, _ random: inout ProfileRandom
    ) -> [ProfileStep] {
        func affordable(_ steps: [ProfileStep], _ share: Double) -> [ProfileStep] {
            var left = seconds * share / Double(Self.passes + 1)
            return steps.filter { step in
                let cost = estimate.cost(of: step.load)
                guard cost <= left else { return false }
                left -= cost
                return true
            }
        }
        let later = grid.laterChunks.shuffled(using: &random)
        // The first chunks are few and say how many tokens fill the device.
        return affordable(grid.firstChunks + later, Self.shares.chunks)
            + affordable(grid.batches.shuffled(using: &random), Self.shares.batches)
            + affordable(grid.decodes.shuffled(using: &random), Self.shares.decodes)
            + affordable(grid.mixtures.shuffled(using: &random), Self.shares.mixtures)
    }

    /// Runs all steps in passes of random order. What the machine does besides then disturbs all
    /// steps alike, and shows in single times that the quantile drops.
    func measure(
        _ steps: [ProfileStep], with stopwatch: ProfileStopwatch, _ random: inout ProfileRandom,
        _ progress: (Double) -> Void
    ) throws -> [Measurement] {
        var measurements = steps.map { Measurement(step: $0) }
        for step in steps { _ = try stopwatch.time(step) }
        let clock = ContinuousClock()
        let start = clock.now
        func elapsed() -> Double { (clock.now - start).seconds }
        // The warm-up took about one pass of the time.
        let budget = seconds * Double(Self.passes) / Double(Self.passes + 1)
        var pass = 0
        while pass < 3 || elapsed() < budget, elapsed() < 2 * budget {
            for index in measurements.indices.shuffled(using: &random) {
                measurements[index].times.append(try stopwatch.time(measurements[index].step))
                progress(min(1, elapsed() / budget))
            }
            pass += 1
        }
        progress(1)
        return measurements.filter { !$0.times.isEmpty }
    }

    /// Marks three of ten steps of each kind; mixed ones are never fitted.
    func holdOut(_ measurements: inout [Measurement], _ random: inout ProfileRandom) {
        for kind in ProfileStep.Kind.allCases {
            let ofKind = measurements.indices.filter { measurements[$0].step.kind == kind }
            let count = kind == .mixed ? ofKind.count : ofKind.count * 3 / 10
            for index in ofKind.shuffled(using: &random).prefix(count) {
                measurements[index].isHeldOut = true
            }
        }
    }
}
