internal import CKernels
import TestSupport
internal import Testing

@Suite struct RowTests {
    private static let lengths = [1, 2, 7, 15, 16, 17, 31, 32, 33, 64, 100]

    @Test(arguments: Tier.all)
    func normDividesByTheRootOfTheMeanSquare(tier: Tier) {
        for k in Self.lengths {
            var chance = SplitMix64(seed: k)
            let stride = k + 3
            let x = Buffer(chance.floats(3 * stride, -4...4))
            let weight = chance.floats(k)
            let out = Buffer<Float>(3 * (k + 1), .nan)
            tier.table.rms_norm(out.pointer, k + 1, x.pointer, stride, weight, 1e-5, 3, k)
            for row in 0..<3 {
                let values = (0..<k).map { Double(x.pointer[row * stride + $0]) }
                let mean = values.reduce(0) { $0 + $1 * $1 } / Double(k)
                let factor = 1 / (mean + 1e-5).squareRoot()
                for i in 0..<k {
                    let expected = values[i] * factor * Double(weight[i])
                    let error = (Double(out.pointer[row * (k + 1) + i]) - expected).magnitude
                    #expect(error <= 1e-6 * max(1, expected.magnitude))
                }
                #expect(out.pointer[row * (k + 1) + k].isNaN, "written past the row")
            }
            let first = Array(out.array[0..<k])
            tier.table.rms_norm(x.pointer, stride, x.pointer, stride, weight, 1e-5, 1, k)
            #expect(Array(x.array[0..<k]) == first, "in place")
        }
    }

    @Test(arguments: Tier.all)
    func ropeRotatesHalvesAndLeavesTheRest(tier: Tier) {
        for (headDim, rotary) in [(2, 2), (16, 16), (64, 64), (80, 80), (128, 32), (20, 12)] {
            var chance = SplitMix64(seed: headDim)
            let heads = 3
            let before = chance.floats(heads * headDim)
            let cosine = chance.floats(rotary / 2)
            let sine = chance.floats(rotary / 2)
            let x = Buffer(before)
            tier.table.rope(x.pointer, heads, headDim, rotary, cosine, sine)
            for i in 0..<heads * headDim {
                let (head, d) = (i / headDim * headDim, i % headDim)
                guard d < rotary else {
                    #expect(x.pointer[i] == before[i])
                    continue
                }
                let pair = d % (rotary / 2)
                let a = before[head + pair]
                let b = before[head + pair + rotary / 2]
                let expected =
                    d < rotary / 2
                    ? a * cosine[pair] - b * sine[pair] : b * cosine[pair] + a * sine[pair]
                #expect(x.pointer[i] == expected)
            }
        }
    }

    private func silu(_ x: [Float], on tier: Tier) -> [Float] {
        let ones = [Float](repeating: 1, count: x.count)
        let out = Buffer<Float>(x.count, .nan)
        tier.table.silu_mul(out.pointer, x.count, x, ones, x.count, 1, x.count)
        return out.array
    }

    @Test(arguments: Tier.all)
    func siluIsAccurate(tier: Tier) {
        let x = (-4000...4000).map { Float($0) * 0.02 }
        for (x, y) in zip(x, silu(x, on: tier)) {
            let expected = Double(x) / (1 + exponential(-Double(x)))
            #expect((Double(y) - expected).magnitude <= 5e-7 * expected.magnitude + 1e-36, "\(x)")
        }
    }

    @Test(arguments: Tier.all)
    func siluOfTheExtremes(tier: Tier) {
        let y = silu([0, 1e30, -1e30, 89, -89, -.infinity, .infinity, .nan], on: tier)
        #expect(y[0] == 0)
        #expect(y[1] == 1e30)
        #expect(y[2] == 0)
        #expect(y[3] == 89)
        #expect(y[4].magnitude < 1e-30)
        #expect(y[6] == .infinity)
        #expect(y[7].isNaN)
    }

    @Test(arguments: Tier.all)
    func siluIsTheSameBitsAtEveryPlace(tier: Tier) {
        var chance = SplitMix64(seed: 11)
        let gate = chance.floats(120, -20...20)
        let up = chance.floats(120)
        let whole = Buffer<Float>(120, .nan)
        tier.table.silu_mul(whole.pointer, 120, gate, up, 120, 1, 120)
        for n in Self.lengths where n <= 60 {
            let rows = Buffer<Float>(2 * (n + 1), .nan)
            tier.table.silu_mul(rows.pointer, n + 1, gate, up, 60, 2, n)
            for i in 0..<n {
                #expect(rows.pointer[i] == whole.pointer[i])
                #expect(rows.pointer[n + 1 + i] == whole.pointer[60 + i])
            }
            #expect(rows.pointer[n].isNaN, "written past the row")
        }
    }

    @Test(arguments: Tier.all)
    func addAdds(tier: Tier) {
        for count in Self.lengths {
            var chance = SplitMix64(seed: count)
            let x = chance.floats(count)
            let before = chance.floats(count)
            let y = Buffer(before + [7])
            tier.table.add(y.pointer, x, count)
            #expect(y.array == zip(before, x).map { $0 + $1 } + [7])
        }
    }
}
