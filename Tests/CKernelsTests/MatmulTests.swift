internal import CKernels
import TestSupport
internal import Testing

@Suite struct MatmulTests {
    /// Small whole numbers: every partial sum is exact, so every tier must be exactly right.
    private func wholeNumbers(m: Int, k: Int, n: Int, _ weights: ck_dtype, seed: Int) -> Product {
        var chance = SplitMix64(seed: seed)
        let x = (0..<m * k).map { _ in Float(chance.int(-8...8)) }
        let w = (0..<n * k).map { _ in Float(chance.int(-8...8)) }
        return Product(m: m, k: k, n: n, weights: weights, x: x, w: w)
    }

    private func checkExact(_ product: Product, on tier: Tier) {
        let y = product(on: tier, .init(rows: 0..<product.m))
        var expected: [Float] = []
        for row in 0..<product.m {
            for output in 0..<product.n {
                var sum: Float = 0
                for i in 0..<product.k {
                    sum += product.x[row * product.k + i] * product.w[output * product.k + i]
                }
                expected.append(sum)
            }
        }
        #expect(y == expected, "\(tier.name) m \(product.m) k \(product.k) n \(product.n)")
    }

    @Test(arguments: Tier.all, [CK_BF16, CK_F32])
    func everyHeightIsExact(tier: Tier, weights: ck_dtype) {
        for m in 1...40 {
            checkExact(wholeNumbers(m: m, k: 3, n: 33, weights, seed: m), on: tier)
        }
        // More rows than a group of tiles takes.
        checkExact(wholeNumbers(m: 101, k: 4, n: 5, weights, seed: 101), on: tier)
    }

    @Test(arguments: Tier.all, [CK_BF16, CK_F32])
    func everyDepthIsExact(tier: Tier, weights: ck_dtype) {
        for k in 1...130 {
            checkExact(wholeNumbers(m: 2, k: k, n: 3, weights, seed: k), on: tier)
        }
        // Several blocks of depths, the last one shorter.
        for k in [257, 515] {
            checkExact(wholeNumbers(m: 9, k: k, n: 2, weights, seed: k), on: tier)
        }
    }

    @Test(arguments: Tier.all, [CK_BF16, CK_F32])
    func everyWidthIsExact(tier: Tier, weights: ck_dtype) {
        for n in Array(1...34) + [63, 64, 65, 96, 97, 100] {
            checkExact(wholeNumbers(m: 3, k: 5, n: n, weights, seed: n), on: tier)
        }
    }

    @Test(arguments: Tier.all, [CK_BF16, CK_F32])
    func roundingStaysWithinItsBound(tier: Tier, weights: ck_dtype) {
        for (m, k, n) in [(1, 300, 40), (13, 129, 33), (7, 64, 31)] {
            let product = Product(m: m, k: k, n: n, weights: weights, seed: k)
            let y = product(on: tier, .init(rows: 0..<m))
            for row in 0..<m {
                for output in 0..<n {
                    let (sum, magnitude) = product.reference(row: row, output: output)
                    let error = (Double(y[row * n + output]) - sum).magnitude
                    #expect(error <= Double(k) * 0x1p-24 * magnitude)
                }
            }
        }
    }

    /// The oracle of the engine: a row's bits do not depend on its company.
    @Test(arguments: Tier.all, [CK_BF16, CK_F32])
    func rowsAreTheSameBitsInEveryCall(tier: Tier, weights: ck_dtype) {
        let product = Product(m: 40, k: 141, n: 70, weights: weights, seed: 7)
        let whole = bits(product(on: tier, .init(rows: 0..<40)))
        for count in 1...40 {
            let first = (count * 17) % (41 - count)
            let part = bits(product(on: tier, .init(rows: first..<first + count)))
            #expect(part == Array(whole[first * 70..<(first + count) * 70]), "\(count) rows")
        }
        for slack in [1, 3, 16] {
            let cut = Product.Cut(rows: 0..<40, panelsPerCall: 1 + slack % 2, slack: slack)
            #expect(bits(product(on: tier, cut)) == whole, "slack \(slack)")
        }
    }

    @Test(arguments: Tier.all, [CK_BF16, CK_F32])
    func biasAndPreviousAreAddedToTheFullSum(tier: Tier, weights: ck_dtype) {
        let product = Product(m: 9, k: 50, n: 45, weights: weights, seed: 3)
        var chance = SplitMix64(seed: 4)
        let bias = chance.floats(45)
        let previous = chance.floats(9 * 45)
        let plain = product(on: tier, .init(rows: 0..<9))
        let biased = product(on: tier, .init(rows: 0..<9, bias: bias))
        let added = product(on: tier, .init(rows: 0..<9, previous: previous))
        let both = product(on: tier, .init(rows: 0..<9, bias: bias, previous: previous))
        for i in plain.indices {
            #expect(biased[i] == plain[i] + bias[i % 45])
            #expect(added[i] == previous[i] + plain[i])
            #expect(both[i] == previous[i] + (plain[i] + bias[i % 45]))
        }
    }

    /// All vector tiers that keep activations in f32 add in one order.
    @Test func fusedTiersAgreeBitForBit() {
        let tiers = Tier.all.filter { !$0.table.prepared_bf16 && $0.name != "scalar" }
        for weights in [CK_BF16, CK_F32] {
            let product = Product(m: 11, k: 99, n: 40, weights: weights, seed: 5)
            let results = Set(tiers.map { bits(product(on: $0, .init(rows: 0..<11))) })
            #expect(results.count <= 1)
        }
    }

    @Test(arguments: Tier.all)
    func prepareRoundsAndPads(tier: Tier) {
        for k in 1...40 {
            var chance = SplitMix64(seed: k)
            let x = chance.floats(2 * k)
            let stride = (k + 1) / 2 * 2 + 3
            let size = tier.preparedSize
            let out = Buffer<UInt8>(2 * stride * size, 0xee)
            tier.table.prepare(out.pointer, stride, x, k, 2, k)
            for row in 0..<2 {
                for i in 0..<stride {
                    let at = UnsafeRawPointer(out.pointer + (row * stride + i) * size)
                    let value =
                        size == 2
                        ? float(bfloat16: at.loadUnaligned(as: UInt16.self))
                        : at.loadUnaligned(as: Float.self)
                    let source = i < k ? x[row * k + i] : 0
                    if i < (k + 1) / 2 * 2 {
                        #expect(value == (size == 2 ? rounded(source) : source))
                    } else {
                        #expect(at.loadUnaligned(as: UInt8.self) == 0xee, "written past the end")
                    }
                }
            }
        }
    }
}
