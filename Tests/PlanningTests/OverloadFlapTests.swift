import Domain
import Planning
import TestSupport
import Testing

/// Loads that swing in every way, against the bound of `OverloadConfiguration.restoresAtMost`.
struct OverloadFlapTests {
    private static let periods: [Duration] = [
        .milliseconds(10), .milliseconds(30), .milliseconds(100), .milliseconds(300), .seconds(1),
        .seconds(2), .seconds(3), .seconds(5), .seconds(8), .seconds(13), .seconds(20),
        .seconds(30), .seconds(45), .seconds(60), .seconds(90), .seconds(120), .seconds(180),
        .seconds(300), .seconds(450), .seconds(600),
    ]

    @Test(arguments: periods)
    func squareWaves(period: Duration) {
        for tenths in 1...9 {
            let busy = period * tenths / 10
            var wave = Wave()
            for _ in 0..<max(6, min(400, Int(.seconds(1200) / period))) {
                wave.run(.overload, for: busy)
                wave.run(.calm, for: period - busy)
            }
            expectBounded(wave, "duty \(tenths)0 %")
        }
    }

    /// A wave that goes on becomes a cell that stays dropped, unless it is so slow that a drop and
    /// a restore in each period are right.
    @Test(arguments: [8.0, 20, 40, 60])
    func aSteadyWaveEndsInAStandstill(period: Double) {
        var wave = Wave()
        while wave.now < .zero + .seconds(1800) {
            wave.run(.overload, for: .seconds(period / 2))
            wave.run(.calm, for: .seconds(period / 2))
        }
        #expect(wave.restores.count <= 6)
        #expect(wave.restores.allSatisfy { $0 < .zero + .seconds(600) })
    }

    @Test(arguments: 0..<40)
    func randomWaves(seed: Int) {
        var random = SplitMix64(seed: seed)
        var wave = Wave()
        while wave.now < .zero + .seconds(3600) {
            let doublings = Int.random(in: 0...16, using: &random)
            let length = Int.random(in: 5...10, using: &random) << doublings
            wave.run(
                Wave.Level.allCases.randomElement(using: &random) ?? .calm,
                for: .milliseconds(length))
        }
        expectBounded(wave, "seed \(seed)")
    }

    /// The worst load there is: it answers every restore with an overload, at the moment that does
    /// the most harm, and every drop with calm.
    @Test(arguments: 0..<30)
    func adversaries(seed: Int) {
        var random = SplitMix64(seed: seed)
        var configuration = OverloadConfiguration()
        if seed % 3 == 1 { configuration.minimumDropped = .zero }
        if seed % 3 == 2 { configuration.forgetAfter = .seconds(70) }
        var wave = Wave(configuration)
        while wave.now < .zero + .seconds(3600) {
            while !wave.isDropped { wave.look(.overload) }
            while wave.isDropped { wave.look(.calm) }
            let waits: [Duration] = [
                .zero, .zero, .seconds(1), .seconds(59.9), configuration.relapseWithin,
                configuration.forgetAfter, configuration.forgetAfter * 2,
            ]
            wave.run(.calm, for: waits[Int.random(in: 0..<(2 + seed % 6), using: &random)])
        }
        #expect(wave.restores.count > 10)
        expectBounded(wave, "seed \(seed)")
    }

    /// As many restores as can be had: slow cycles first, since they do not lengthen the hold.
    @Test func theBoundIsNotFarAway() {
        var wave = Wave()
        for cycle in 0..<56 {
            while !wave.isDropped { wave.look(.overload) }
            while wave.isDropped { wave.look(.calm) }
            if cycle < 50 { wave.run(.calm, for: wave.configuration.relapseWithin) }
        }
        expectBounded(wave, "greed")
        let most = wave.configuration.restoresAtMost(within: wave.now - .zero)
        #expect(wave.restores.count > most - 10)
    }

    private func expectBounded(_ wave: Wave, _ comment: Comment) {
        #expect(wave.mistakes == [], comment)
        let restores = wave.restores
        for first in restores.indices {
            for last in first..<restores.count {
                let most = wave.configuration.restoresAtMost(
                    within: restores[last] - restores[first])
                #expect(last - first + 1 <= most, comment)
            }
        }
        #expect(wave.restores.count <= wave.drops.count, comment)
    }
}

/// A cell of 1000 blocks, 1500 when dropped, that looks at its load every 50 ms.
private struct Wave {
    enum Level: CaseIterable {
        /// More than fits, dropped or not.
        case overload
        /// Fits, but only when dropped.
        case high
        /// Neither overload nor calm.
        case middle
        case calm

        var demand: BlockCount {
            switch self {
            case .overload: 1600
            case .high: 1200
            case .middle: 800
            case .calm: 100
            }
        }
    }

    let configuration: OverloadConfiguration
    private(set) var now = Instant.zero
    private(set) var drops: [Instant] = []
    private(set) var restores: [Instant] = []
    private(set) var isDropped = false
    /// Advice that the load does not call for.
    private(set) var mistakes: [String] = []
    private var monitor: OverloadMonitor
    private var due = Instant.zero

    init(_ configuration: OverloadConfiguration = OverloadConfiguration()) {
        self.configuration = configuration
        monitor = OverloadMonitor(configuration)
    }

    /// Lets time pass, looking when a look is due.
    mutating func run(_ level: Level, for length: Duration) {
        let end = now + length
        while due < end {
            now = max(now, due)
            look(level)
        }
        now = end
    }

    /// Looks at the load now and does as advised, without delay.
    mutating func look(_ level: Level) {
        now = max(now, due)
        due = now + configuration.sampleInterval
        let capacity = isDropped ? 1500 : 1000
        let used = min(level.demand, capacity)
        let load = OverloadLoad(
            demand: level.demand, capacity: capacity, used: used, queued: level.demand - used,
            free: capacity - used, undroppedCapacity: 1000, isDropped: isDropped,
            isChanging: false)
        switch monitor.observe(load, at: now) {
        case .none:
            // An emergency never waits.
            if !isDropped, level.demand > 1000 { mistakes.append("no drop at \(now)") }
        case .drop(let missing, _):
            if missing != level.demand - capacity { mistakes.append("drop of \(missing)") }
            if isDropped {
                monitor.dropFailed(at: now)
            } else {
                monitor.dropped(at: now)
                drops.append(now)
                isDropped = true
            }
        case .restore:
            if !isDropped || level != .calm { mistakes.append("restore at \(now)") }
            monitor.restored(at: now)
            restores.append(now)
            isDropped = false
        }
    }
}
