import Domain
import Testing

@testable import Planning

struct GrowthTests {
    private func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }

    @Test func aSteadySlopeIsSeenAsItIs() {
        var growth = Growth(over: .seconds(2))
        for look in 0...400 { growth.note(7 * look, at: at(Double(look) * 0.1)) }
        #expect((208...210).contains(growth.expected(within: .seconds(3))))
    }

    @Test func oneLeapFadesWithinTheTime() {
        var growth = Growth(over: .seconds(4))
        growth.note(0, at: at(0))
        growth.note(100, at: at(0.1))
        // What has come within the time comes again, and no more than that.
        #expect((98...100).contains(growth.expected(within: .seconds(4))))
        for look in 2...200 { growth.note(100, at: at(Double(look) * 0.1)) }
        #expect(growth.expected(within: .seconds(4)) == 0)
    }

    @Test func fallingIsNoGrowth() {
        var growth = Growth(over: .seconds(1))
        for look in 0..<50 { growth.note(1000 - look, at: at(Double(look))) }
        #expect(growth.expected(within: .seconds(10)) == 0)
    }

    @Test func oddValuesAreHarmless() {
        var growth = Growth(over: .zero)
        growth.note(1, at: at(1))
        growth.note(5, at: at(1))
        growth.note(.max / 2, at: at(1.000000001))
        #expect(growth.expected(within: .seconds(1_000_000)) == Int(Int32.max))
        #expect(growth.expected(within: .zero) == 0)
    }
}
