import Domain
import Scheduling
import Simulation
import TestSupport
import Testing

struct DeviceCostModelTests {
    @Test func equalsTheReferenceEvaluator() throws {
        var worst = 0.0
        let lines = referencePoints.split(separator: "\n")
        #expect(lines.count > 300)
        for line in lines {
            let point = try ReferencePoint(line)
            let seconds = point.model.milliseconds(point.load) / 1e3
            let error = abs(seconds / point.seconds - 1)
            #expect(error < 1e-6, "\(line): \(seconds)")
            worst = max(worst, error)
        }
        #expect(worst < 1e-6)
    }

    @Test(arguments: ClusterPreset.all)
    func moreOfAnythingTakesNoLessTime(preset: ClusterPreset) {
        let whole = StageRange.whole(layerCount: preset.device.layerCount)
        var random = SplitMix64(seed: 7)
        for _ in 0..<500 {
            let load = randomLoad(&random)
            let seconds = preset.device.seconds(of: load, in: whole)
            for more in larger(load, by: Int.random(in: 1...600, using: &random)) {
                let longer = preset.device.seconds(of: more, in: whole)
                #expect(longer >= seconds, "\(load) < \(more)")
            }
        }
    }

    /// What one more of each variable makes of a load.
    private func larger(_ load: BatchLoad, by number: Int) -> [BatchLoad] {
        let changes: [(inout BatchLoad) -> Void] = [
            { $0 += .prompt(number) }, { $0 += .prompt(1, after: number) },
            { $0 += .decoding(1, at: number) }, { $0 += .decoding(number, at: 1) },
            { $0.decodePairs += $0.decodes * number },
            { $0.promptPairs += $0.promptTokens * number },
        ]
        return changes.map { change in
            var more = load
            change(&more)
            return more
        }
    }

    private func randomLoad(_ random: inout SplitMix64) -> BatchLoad {
        var load = BatchLoad.zero
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            load += .prompt(
                Int.random(in: 1...700, using: &random),
                after: Int.random(in: 0...9000, using: &random))
        }
        return load
            + .decoding(
                Int.random(in: 0...200, using: &random),
                at: Int.random(in: 1...9000, using: &random))
    }

    /// Where the fits of small and large messages meet, too.
    @Test(arguments: ClusterPreset.all)
    func everyTokenMoreTakesNoLessTime(preset: ClusterPreset) {
        var last = 0.0
        for tokens in 1...1500 {
            let next = preset.device.milliseconds(.prompt(tokens))
            #expect(next >= last, "\(tokens) tokens")
            last = next
        }
    }

    @Test(arguments: ClusterPreset.all)
    func stagesAddUpToTheWhole(preset: ClusterPreset) {
        var random = SplitMix64(seed: 11)
        let device = preset.device
        for _ in 0..<100 {
            let load = randomLoad(&random) + .decoding(1, at: 5)
            let cuts = (0..<3).map { _ in Int.random(in: 1..<device.layerCount, using: &random) }
            let bounds = ([0] + cuts + [device.layerCount]).sorted()
            let stages = zip(bounds, bounds.dropFirst()).filter { $0 < $1 }.map { first, last in
                StageRange(
                    layers: first..<last, hasEmbedding: first == 0,
                    hasHead: last == device.layerCount)
            }
            let sum = stages.reduce(0) { $0 + device.seconds(of: load, in: $1) }
            let sequences = Double(load.promptChunks + load.decodes)
            let engine = device.cpuPerStep + device.cpuPerSequence * sequences
            let whole = device.seconds(of: load, in: .whole(layerCount: device.layerCount))
            #expect(abs(sum - whole - Double(stages.count - 1) * engine) < 1e-12)
        }
    }

    @Test(arguments: ClusterPreset.all)
    func nothingTakesNoTime(preset: ClusterPreset) {
        #expect(preset.device.milliseconds(.zero) == 0)
        #expect(preset.costs.time(of: .zero, in: .whole(layerCount: 1)) == .zero)
    }

    @Test func whatNobodyHasMeasuredIsNoModel() {
        #expect(DeviceCostModel(.a100, .llama3x8B, tensorParallel: 3) == nil)
        #expect(DeviceCostModel(.a100, .llama3x8B, tensorParallel: 0) == nil)
        #expect(DeviceCostModel(.h200, .qwen72B) == nil)
        #expect(DeviceCostModel(.a100, .llama3x8B, tensorParallel: 16) == nil)
    }

    /// Slower links and slower memory are slower in what they do, and in nothing else.
    @Test func aDerivedDeviceHasItsShareOfTheMeasuredOne() throws {
        let h100 = try #require(DeviceCostModel(.h100, .qwen25x72B, tensorParallel: 4))
        let h800 = try #require(DeviceCostModel(.h800, .qwen25x72B, tensorParallel: 4))
        #expect(h800.linear == h100.linear && h800.decode == h100.decode)
        let one = BatchLoad.decoding(1, at: 1)
        let long = BatchLoad.prompt(4096)
        #expect((1.0...1.01).contains(h800.milliseconds(one) / h100.milliseconds(one)))
        #expect((1.1...1.3).contains(h800.milliseconds(long) / h100.milliseconds(long)))
        let a100 = try #require(DeviceCostModel(.a100, .llama7B))
        let a10 = try #require(DeviceCostModel(.a10, .llama7B))
        #expect((3.0...3.4).contains(a10.milliseconds(one) / a100.milliseconds(one)))
        #expect((2.45...2.7).contains(a10.milliseconds(long) / a100.milliseconds(long)))
    }

    /// Batches are cut by a simpler form of the same costs.
    @Test(arguments: ClusterPreset.all)
    func batchesAreCutByAlmostTheSameCosts(preset: ClusterPreset) {
        let costs = preset.device.batchCosts
        #expect(costs.shared >= 0 && costs.perChunk >= costs.shared && costs.perToken > 0)
        for size in [1, 2, 8] {
            let tokens = preset.device.fillingTokens * size
            let load = BatchLoad.prompt(tokens, after: 1000) + .prompt(tokens)
            let ratio = costs.cost(of: load) / preset.device.milliseconds(load) * 1e3
            #expect(abs(ratio - 1) < 0.08, "\(tokens) tokens: \(ratio)")
        }
        let step = BatchLoad.decoding(1, at: 1000)
        let ratio = costs.cost(of: step) / preset.device.milliseconds(step) * 1e3
        #expect(abs(ratio - 1) < 0.02, "\(ratio)")
    }
}
