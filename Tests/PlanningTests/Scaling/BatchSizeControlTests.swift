import Domain
import Planning
import TestSupport
import Testing

struct BatchSizeControlTests {
    private func configuration(_ size: Int) -> AutoscalingConfiguration {
        var configuration = AutoscalingConfiguration()
        configuration.policy = .chiron
        configuration.initialBatchSize = size
        return configuration
    }

    private func window(
        latency: Double?, isFull: Bool = true, generated: Int = 1000, limit: Int = 4096
    ) -> BatchWindow {
        BatchWindow(
            duration: .seconds(1), generated: generated,
            interTokenLatency: latency.map { .seconds($0) }, objective: .milliseconds(100),
            isFull: isFull, mostRunning: limit, capacity: 1 << 30, tokensPerRequest: 500)
    }

    /// C5, with the paper's aim: shares of the objective and what becomes of 160 sequences.
    @Test(arguments: [
        (0.05, 160), (0.1, 240), (0.08, 180), (0.0999, 160), (0.2, 80), (0.3, 80),
    ])
    func pressureActsAsInThePaper(latency: Double, size: Int) {
        var configuration = configuration(160)
        (configuration.latencyAim, configuration.halveFrom) = (1, 1)
        var control = BatchSizeControl(configuration)
        // Twice the latency half of the time is the same rule with another objective.
        var window = window(latency: latency)
        if latency == 0.05 { window.isFull = false }
        if latency == 0.1 { window.objective = .milliseconds(200) }
        #expect(control.tick(window) == size)
    }

    /// C5 with the aim at nine tenths: half of that is a pressure of one half.
    @Test(arguments: [
        (0.045, 240), (0.09, 160), (0.0999, 152), (0.109, 146), (0.11, 80), (0.2, 80),
    ])
    func betweenAimAndMissTheBatchShrinksInProportion(latency: Double, size: Int) {
        var control = BatchSizeControl(configuration(160))
        #expect(control.tick(window(latency: latency)) == size)
    }

    /// Twenty sequences at a twentieth of the aim say that four hundred could run; forty at half of
    /// it do not say that more could than may.
    @Test(arguments: [(0.045, 160), (0.0045, 280), (0.0018, 320)])
    func aBatchThatIsNotFullGrowsByWhatRan(latency: Double, size: Int) {
        var control = BatchSizeControl(configuration(160))
        var window = window(latency: latency, isFull: false)
        window.running = 40
        if latency == 0.0045 { window.running = 20 }
        #expect(control.tick(window) == size)
    }

    @Test func growthHasABound() {
        var control = BatchSizeControl(configuration(10))
        #expect(control.tick(window(latency: 0.001)) == 20)
    }

    @Test func oneSequenceIsTheLeast() {
        var control = BatchSizeControl(configuration(3))
        for _ in 0..<10 { _ = control.tick(window(latency: 5)) }
        #expect(control.batchSize == 1)
        for _ in 0..<3 { _ = control.tick(window(latency: 0.01)) }
        #expect(control.batchSize == 8)
    }

    @Test func theLeastCanBeMore() {
        var configuration = configuration(40)
        configuration.leastBatchSize = 8
        var control = BatchSizeControl(configuration)
        for _ in 0..<10 { _ = control.tick(window(latency: 5)) }
        #expect(control.batchSize == 8)
        #expect(control.tick(window(latency: 5, limit: 4)) == 4)
    }

    @Test func withoutALookNothingChanges() {
        var control = BatchSizeControl(configuration(50))
        #expect(control.tick(window(latency: nil)) == 50)
        #expect(control.tick(window(latency: 0.05, isFull: false)) == 50)
        var empty = window(latency: 0.01)
        empty.duration = .zero
        #expect(control.tick(empty) == 50)
    }

    /// The aim is where it comes to rest, from above and from below.
    @Test(arguments: [1, 32, 4000])
    func settlesAtTheAim(initial: Int) {
        var control = BatchSizeControl(configuration(initial))
        var engine = ToyEngine()
        for _ in 0..<40 { _ = control.tick(engine.run(control.batchSize)) }
        #expect((172...175).contains(control.batchSize))
    }

    /// C6: beyond 120 sequences throughput falls, long before the latency objective is missed.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func settlesBelowTheSizeThatThrashes(seed: UInt64) {
        var control = BatchSizeControl(configuration(8 + Int(seed % 10) * 12))
        var engine = ToyEngine(seed: seed)
        (engine.usefulConcurrency, engine.noise) = (120, seed < 10 ? 0 : 0.01)
        for _ in 0..<50 { _ = control.tick(engine.run(control.batchSize)) }
        var sizes: [Int] = []
        var throughput = 0.0
        for _ in 0..<1000 {
            let window = engine.run(control.batchSize)
            throughput += Double(window.generated) / 10_000
            sizes.append(control.tick(window))
        }
        let mean = Double(sizes.reduce(0, +)) / 1000
        #expect(mean >= 96 && mean <= 120)
        #expect(sizes.count { (90...120).contains($0) } > 900)
        // The best that there is: 120 sequences, 68 ms.
        #expect(throughput > 0.93 * 120 / 0.068)
    }

    /// C6: less load is no thrashing.
    @Test func aLoadThatEndsChangesNothing() {
        var control = BatchSizeControl(configuration(64))
        var engine = ToyEngine()
        for _ in 0..<2 { _ = control.tick(engine.run(control.batchSize)) }
        let size = control.batchSize
        #expect(size > 110)
        for generated in [900, 100, 3, 5000, 10] {
            let window = window(latency: 0.05, isFull: false, generated: generated)
            #expect(control.tick(window) == size)
        }
    }

    /// A loss must be seen twice, and halves then.
    @Test func oneBadWindowIsForgiven() {
        var control = BatchSizeControl(configuration(100))
        #expect(control.tick(window(latency: 0.06, generated: 1000)) == 125)
        #expect(control.tick(window(latency: 0.06, generated: 900)) == 125)
        #expect(control.tick(window(latency: 0.06, generated: 1100)) == 156)
        #expect(control.tick(window(latency: 0.06, generated: 1000)) == 156)
        #expect(control.tick(window(latency: 0.06, generated: 1000)) == 78)
        // To nine tenths of the best size, and there it stays.
        for _ in 0..<50 { _ = control.tick(window(latency: 0.06, generated: 1000)) }
        #expect(control.batchSize == 112)
        for _ in 0..<10 { _ = control.tick(window(latency: 0.06, generated: 1000)) }
        #expect(control.batchSize > 112)
    }

    /// C7: noise neither makes the batch collapse nor breaks the objective.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func noiseDoesNotCollapseTheBatch(seed: UInt64) {
        var control = BatchSizeControl(configuration(32))
        var engine = ToyEngine(seed: seed)
        engine.noise = 0.03
        for _ in 0..<200 { _ = control.tick(engine.run(control.batchSize)) }
        var (least, missed) = (Int.max, 0)
        for _ in 0..<4000 {
            let window = engine.run(control.batchSize)
            if let latency = window.interTokenLatency, latency > window.objective { missed += 1 }
            least = min(least, control.tick(window))
        }
        #expect(Double(least) >= 0.7 * engine.idealSize)
        #expect(missed < 20)
    }

    /// C8: what all sequences hold in the end fits, whatever the latency would allow.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func theBatchFitsIntoMemory(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var control = BatchSizeControl(configuration(.random(in: 1...4000, using: &random)))
        var engine = ToyEngine(seed: seed)
        engine.objective = .seconds(10)
        for _ in 0..<100 {
            engine.capacity = .random(in: 2000...200_000, using: &random)
            engine.tokensPerRequest = .random(in: 1...2000, using: &random)
            engine.mostRunning = .random(in: 1...2000, using: &random)
            let size = control.tick(engine.run(control.batchSize))
            #expect(size >= 1 && size <= engine.mostRunning)
            #expect(Double(size) * engine.tokensPerRequest <= Double(engine.capacity))
        }
    }

    @Test func oneSequenceMayRunThatDoesNotFit() {
        var control = BatchSizeControl(configuration(8))
        var engine = ToyEngine()
        engine.capacity = 100
        #expect(control.tick(engine.run(8)) == 1)
        engine.tokensPerRequest = 0
        engine.capacity = .max
        #expect(control.tick(engine.run(1)) == 2)
    }

    /// C19: what does not control the batch leaves it as it is, within memory.
    @Test func ablationsKeepTheirSize() {
        var fixed = configuration(32)
        fixed.staticBatchSize = 48
        var global = configuration(32)
        global.parts = .globalOnly
        for (configuration, size) in [(fixed, 48), (global, 32)] {
            var control = BatchSizeControl(configuration)
            #expect(control.tick(window(latency: 0.001)) == size)
            #expect(control.tick(window(latency: 5)) == size)
            #expect(control.tick(window(latency: 5, limit: 20)) == 20)
        }
    }
}
