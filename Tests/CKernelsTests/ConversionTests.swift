internal import CKernels
import TestSupport
internal import Testing

@Suite struct ConversionTests {
    private func packedBF16(_ values: [Float]) -> [UInt16] {
        // One output row of a weight (1, k): its elements come back as unpack_row reads them.
        let panels = Buffer<UInt16>(ck_panel_elements(1, values.count), 0xffff)
        ck_pack_panels(panels.pointer, CK_BF16, values, CK_F32, 1, values.count, 0, 1)
        return values.indices.map { panels.pointer[$0 / 2 * 64 + $0 % 2] }
    }

    @Test func bf16RoundsToNearestEven() {
        var chance = SplitMix64(seed: 1)
        var patterns = (0..<4000).map { _ in UInt32(truncatingIfNeeded: chance.next()) }
        for high: UInt32 in [0, 1, 0x3f80, 0x3f81, 0x7f7f, 0x7f80, 0x7fc0, 0x8000, 0xff80, 0x007f] {
            for low: UInt32 in [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff] {
                patterns.append(high << 16 | low)
            }
        }
        let values = patterns.map { Float(bitPattern: $0) }
        for (value, half) in zip(values, packedBF16(values)) {
            #expect(half == bfloat16(value), "\(value)")
            #expect(float(bfloat16: half).isNaN == value.isNaN)
        }
    }

    @Test func everyF16IsExact() {
        let halves = (0...UInt16.max).map { $0 }
        let out = Buffer<Float>(halves.count, 0)
        ck_convert_to_f32(out.pointer, halves, CK_F16, halves.count)
        var wrong = 0
        for half in halves {
            let expected = Float(Float16(bitPattern: half))
            let value = out.pointer[Int(half)]
            let same =
                expected.isNaN ? value.isNaN : value.bitPattern == expected.bitPattern
            wrong += same ? 0 : 1
        }
        #expect(wrong == 0)
    }

    @Test(arguments: [0, 1])
    func conversionsNeedNoAlignment(offset: Int) {
        let bytes = Buffer<UInt8>(offset + 12, 0)
        let at = bytes.pointer + offset
        let out = Buffer<Float>(3, 0)
        for (i, byte) in ([0x80, 0x3f, 0x00, 0xc0, 0xc0, 0x7f] as [UInt8]).enumerated() {
            at[i] = byte
        }
        ck_convert_to_f32(out.pointer, at, CK_BF16, 3)
        #expect(out.pointer[0] == 1 && out.pointer[1] == -2 && out.pointer[2].isNaN)
        for (i, byte) in ([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0] as [UInt8]).enumerated() {
            at[i] = byte
        }
        ck_convert_to_f32(out.pointer, at, CK_F32, 2)
        #expect(out.pointer[0] == 1 && out.pointer[1] == -2)
    }

    @Test(arguments: [CK_F32, CK_BF16])
    func rowsComeBackFromPanels(type: ck_dtype) {
        for (n, k) in [(1, 1), (3, 5), (31, 64), (32, 33), (33, 2), (70, 100)] {
            var chance = SplitMix64(seed: n)
            let tensor = chance.floats(n * k).map { type == CK_BF16 ? rounded($0) : $0 }
            let elements = ck_panel_elements(n, k)
            #expect(elements == (n + 31) / 32 * 32 * ((k + 1) / 2 * 2))
            let panels = Buffer<UInt8>(elements * 4, 0xff)
            // Panel by panel, last first: every call finds its place.
            for panel in (0..<(n + 31) / 32).reversed() {
                ck_pack_panels(panels.pointer, type, tensor, CK_F32, n, k, panel, 1)
            }
            let out = Buffer<Float>(k + 1, 9)
            for row in 0..<n {
                ck_unpack_row(out.pointer, panels.pointer, type, k, row)
                #expect(out.array == Array(tensor[row * k..<(row + 1) * k]) + [9])
            }
            let (used, size) = (n * k, type == CK_BF16 ? 2 : 4)
            let zeros = (0..<elements).count { element in
                (0..<size).allSatisfy { panels.pointer[element * size + $0] == 0 }
            }
            #expect(zeros >= elements - used, "padding is zero")
        }
    }

    @Test func packingConvertsEveryType() {
        let halves = (0..<66).map { UInt16($0 * 900) }
        for (from, value) in [
            (CK_BF16, { float(bfloat16: $0) }), (CK_F16, { Float(Float16(bitPattern: $0)) }),
        ] as [(ck_dtype, (UInt16) -> Float)] {
            for to in [CK_F32, CK_BF16] {
                let panels = Buffer<UInt8>(ck_panel_elements(2, 33) * 4, 0)
                ck_pack_panels(panels.pointer, to, halves, from, 2, 33, 0, 1)
                let out = Buffer<Float>(33, 0)
                for row in 0..<2 {
                    ck_unpack_row(out.pointer, panels.pointer, to, 33, row)
                    for i in 0..<33 {
                        let exact = value(halves[row * 33 + i])
                        let expected = to == CK_BF16 ? rounded(exact) : exact
                        #expect(out.pointer[i] == expected || expected.isNaN)
                    }
                }
            }
        }
    }
}
