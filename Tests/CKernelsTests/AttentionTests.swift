internal import CKernels
internal import Testing

@Suite struct AttentionTests {
    private func check(_ sequence: PagedSequence, on tier: Tier) {
        let sequence = sequence.filled()
        let cache = sequence.stored(on: tier)
        let out = sequence.attention(on: tier, cache, 0..<sequence.positions)
        for position in stride(from: 0, to: sequence.positions, by: 3) {
            for head in 0..<sequence.queryHeads {
                let expected = sequence.reference(position: position, head: head)
                let first = (position * sequence.queryHeads + head) * sequence.headDim
                let worst = expected.indices.map {
                    (Double(out[first + $0]) - expected[$0]).magnitude
                }.max()
                #expect((worst ?? 0) < 2e-6, "\(tier.name) position \(position) head \(head)")
            }
        }
    }

    @Test(arguments: Tier.all, [CK_BF16, CK_F32])
    func everyGroupMatchesTheDefinition(tier: Tier, type: ck_dtype) {
        for group in [1, 2, 7, 9] {
            check(.init(type: type, group: group, positions: 37, seed: group), on: tier)
        }
    }

    @Test(arguments: Tier.all, [CK_BF16, CK_F32])
    func everyHeadSizeMatchesTheDefinition(tier: Tier, type: ck_dtype) {
        for headDim in [1, 8, 12, 16, 33, 80, 96, 128] {
            check(
                .init(
                    type: type, headDim: headDim, kvHeads: 1, group: 2, positions: 19,
                    seed: headDim), on: tier)
        }
    }

    @Test(arguments: Tier.all, [1, 2, 15, 16, 17, 30])
    func windowsMatchTheDefinition(tier: Tier, window: Int) {
        for blockSize in [16, 32, 48] {
            check(
                .init(
                    blockSize: blockSize, kvHeads: 1, group: 2, positions: 70, window: window,
                    seed: window), on: tier)
        }
    }

    /// The oracle of the engine: a row is the same bits as a decode and inside any chunk.
    @Test(
        arguments: Tier.all,
        [
            PagedSequence(group: 7, positions: 64),
            PagedSequence(type: CK_F32, headDim: 24, group: 1, positions: 64),
            PagedSequence(headDim: 8, blockSize: 32, kvHeads: 1, group: 2, positions: 90),
            PagedSequence(blockSize: 32, kvHeads: 1, group: 3, positions: 64, window: 9),
            PagedSequence(kvHeads: 1, group: 1, positions: 64, window: 3),
            PagedSequence(kvHeads: 1, group: 4, positions: 64, window: 40),
        ])
    func rowsAreTheSameBitsInEveryChunk(tier: Tier, sequence: PagedSequence) {
        let sequence = sequence.filled()
        let cache = sequence.stored(on: tier)
        let count = sequence.positions
        let width = sequence.queryHeads * sequence.headDim
        let whole = bits(sequence.attention(on: tier, cache, 0..<count))
        for rowsPerCall in [1, 2, 5, 8] {
            let cut = sequence.attention(on: tier, cache, 0..<count, rowsPerCall: rowsPerCall)
            #expect(bits(cut) == whole, "\(rowsPerCall) rows per call")
        }
        for first in [1, 7, 31, count - 1] {
            let rest = bits(sequence.attention(on: tier, cache, first..<count))
            #expect(rest == Array(whole[(first * width)...]), "from \(first)")
        }
    }

    @Test(arguments: Tier.all, [CK_BF16, CK_F32])
    func slotsNobodySeesMayHoldAnything(tier: Tier, type: ck_dtype) {
        let sequence = PagedSequence(type: type, group: 3, positions: 45).filled()
        let cache = sequence.stored(on: tier)
        // Later positions are stored as well: a row must not see them.
        let early = sequence.attention(on: tier, cache, 10..<20)
        #expect(early.allSatisfy { $0.isFinite })
        var spoiled = PagedSequence(type: type, group: 3, positions: 45)
        spoiled.fill()
        let fresh = spoiled.stored(on: tier)
        spoil(fresh, from: 20, of: spoiled)
        #expect(bits(spoiled.attention(on: tier, fresh, 10..<20)) == bits(early))
    }

    /// Even inside one call a row must not touch what only later rows see.
    @Test(arguments: Tier.all)
    func laterValuesDoNotLeakIntoEarlierRows(tier: Tier) {
        let sequence = PagedSequence(kvHeads: 1, group: 2, positions: 20).filled()
        let clean = sequence.attention(on: tier, sequence.stored(on: tier), 0..<20)
        let cache = sequence.stored(on: tier)
        spoil(cache, from: 13, of: sequence)
        let spoiled = sequence.attention(on: tier, cache, 0..<20)
        let seen = 13 * sequence.queryHeads * sequence.headDim
        #expect(bits(Array(spoiled[..<seen])) == bits(Array(clean[..<seen])))
        #expect(spoiled[seen...].allSatisfy { $0.isNaN })
    }

    /// Overwrites the keys and values of positions from `first` on with not-a-number.
    private func spoil(_ cache: Buffer<UInt8>, from first: Int, of sequence: PagedSequence) {
        let size = sequence.type == CK_BF16 ? 2 : 4
        let table = sequence.blockTable
        let (dim, block) = (sequence.headDim, sequence.blockSize)
        for position in first..<sequence.positions {
            for head in 0..<sequence.kvHeads {
                let base = Int(table[position / block]) * 2 * sequence.kvHeads + head
                let slot = position % block
                for d in 0..<dim {
                    let key = base * dim * block + d * block + slot
                    let value = (base + sequence.kvHeads) * dim * block + slot * dim + d
                    for byte in 0..<size {
                        cache.pointer[key * size + byte] = 0xff
                        cache.pointer[value * size + byte] = 0xff
                    }
                }
            }
        }
    }

    @Test(arguments: Tier.all)
    func storingPlacesKeysAcrossAndValuesAlong(tier: Tier) {
        for type in [CK_BF16, CK_F32] {
            let sequence = PagedSequence(type: type, headDim: 5, positions: 20).filled()
            let cache = sequence.stored(on: tier)
            #expect(cache.array == sequence.stored(on: .scalar, chunk: 3).array)
            // Position 17 is slot 1 of the second block, which lies in block 1 of memory.
            let at = { (element: Int) -> Float in
                let bytes = UnsafeRawPointer(cache.pointer)
                return type == CK_BF16
                    ? float(
                        bfloat16: bytes.loadUnaligned(
                            fromByteOffset: 2 * element, as: UInt16.self))
                    : bytes.loadUnaligned(fromByteOffset: 4 * element, as: Float.self)
            }
            for head in 0..<2 {
                for d in 0..<5 {
                    let key = ((1 * 2 * 2 + head) * 5 + d) * 16 + 1
                    let value = ((1 * 2 * 2 + 2 + head) * 16 + 1) * 5 + d
                    #expect(at(key) == sequence.keys[(17 * 2 + head) * 5 + d])
                    #expect(at(value) == sequence.values[(17 * 2 + head) * 5 + d])
                }
            }
        }
    }

    @Test func fusedTiersAgreeBitForBit() {
        let tiers = Tier.all.filter { $0.name != "scalar" }
        for headDim in [16, 20] {
            let sequence = PagedSequence(headDim: headDim, group: 5, window: 25).filled()
            let cache = sequence.stored(on: .scalar)
            let results = Set(tiers.map { bits(sequence.attention(on: $0, cache, 0..<40)) })
            #expect(results.count <= 1)
        }
    }
}
