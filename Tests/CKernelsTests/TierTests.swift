internal import CKernels
import TestSupport
internal import Testing

@Suite struct TierTests {
    @Test func tiersHaveNamesAndEndWithScalar() {
        let names = Tier.all.map(\.name)
        #expect(names.last == "scalar")
        #expect(Set(names).count == names.count)
        #expect(String(cString: ck_tier_at(99).pointee.name) == "scalar")
    }

    @Test func onlyBF16TiersPrepareBF16() {
        for tier in Tier.all {
            #expect(tier.table.prepared_bf16 == tier.name.hasSuffix("bf16"))
        }
    }

    @Test func probesDoWhatTheySay() {
        var chance = SplitMix64(seed: 1)
        let data = (0..<1000).map { _ in Float(chance.int(0...9)) }
        #expect(ck_probe_read(data, 1000) == data.reduce(0, +))
        var sink: Float = 0
        let one = ck_probe_fma(1, &sink)
        #expect(one > 0 && ck_probe_fma(10, &sink) == 10 * one)
        #expect(sink.isFinite)
    }
}
