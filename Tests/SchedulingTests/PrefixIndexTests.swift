import Domain
import TestSupport
import Testing

@testable import Scheduling

struct PrefixIndexTests {
    /// Digests of which many begin their search at the same place, and some do at the last one.
    private static func digests(_ random: inout SplitMix64) -> [PrefixDigest] {
        (0..<300).map { number in
            let crowd = Int.random(in: -8...8, using: &random)
            return PrefixDigest(value: UInt64(number) << 32 | UInt64(crowd & 0xFFFF))
        }
    }

    /// Against a dictionary: what is entered is found until it is removed.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func findsWhatADictionaryFinds(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let digests = Self.digests(&random)
        var index = PrefixIndex()
        var model: [UInt64: SpanID] = [:]
        for number in 0..<2000 {
            let digest = digests.randomElement(using: &random)!
            if Int.random(in: 0..<5, using: &random) < 3 {
                let span = SpanID(index: number)
                let before = index.update(digest, to: span)
                #expect(before == model.updateValue(span, forKey: digest.value))
            } else {
                index.remove(digest)
                model[digest.value] = nil
            }
            #expect(index.count == model.count)
        }
        for digest in digests { #expect(index[digest] == model[digest.value]) }
        let entries = index.entries.map { ($0.digest.value, $0.span) }
        #expect(Dictionary(entries) { first, _ in first } == model && entries.count == model.count)
    }
}
