import Domain
import TestSupport
import Testing

@testable import Runtime

/// Sizes of pieces, recent latencies, the event log and the alarm.
struct MeasureTests {
    @Test func aPieceTakesAboutAsLongAsAStep() {
        var sizer = PieceSizer()
        #expect(sizer.piece == .mebibytes(1))
        for _ in 0..<100 {
            sizer.record(stage: .milliseconds(10))
            sizer.record(.mebibytes(1), copiedIn: .milliseconds(1))
        }
        #expect(sizer.piece > .kibibytes(9 * 1024) && sizer.piece < .kibibytes(11 * 1024))
        for _ in 0..<100 { sizer.record(stage: .microseconds(1)) }
        #expect(sizer.piece == .kibibytes(64))
        for _ in 0..<100 { sizer.record(stage: .seconds(10)) }
        #expect(sizer.piece == .mebibytes(64))
    }

    @Test func pagesAreTornDownAtTheSamePace() {
        var sizer = PieceSizer()
        let unmeasured = sizer.pages
        #expect(unmeasured > 0)
        for _ in 0..<100 {
            sizer.record(stage: .milliseconds(10))
            sizer.record(pages: 4, settledIn: .microseconds(400))
        }
        #expect((95...105).contains(sizer.pages))
    }

    @Test(arguments: 0..<10)
    func percentilesAreCloseToTheSortedOnes(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let window = LatencyWindow()
        let now = Instant(nanoseconds: 60_000_000_000)
        var values: [Double] = []
        for _ in 0..<500 {
            let value = Double.random(in: 0.0001...2, using: &random)
            values.append(value)
            window.record(.seconds(value), at: now)
        }
        values.sort()
        let recent = try #require(window.recent(at: now))
        #expect(abs(recent.p50.seconds / values[249] - 1) < 0.04)
        #expect(abs(recent.p99.seconds / values[494] - 1) < 0.04)
    }

    @Test func whatIsOldIsForgotten() {
        let window = LatencyWindow()
        #expect(window.recent(at: .zero) == nil)
        window.record(.seconds(1), at: .zero + .seconds(3))
        window.record(.seconds(5), at: .zero + .seconds(8))
        #expect(window.recent(at: .zero + .seconds(12)) != nil)
        let later = window.recent(at: .zero + .seconds(16))
        #expect(later.map { $0.p50 > .seconds(4) } == true)
        #expect(window.recent(at: .zero + .seconds(40)) == nil)
        window.record(.seconds(2), at: .zero + .seconds(41))
        #expect(window.recent(at: .zero + .seconds(41)).map { $0.p99 < .seconds(3) } == true)
        // Out of any range, and still counted.
        window.record(.zero, at: .zero + .seconds(60))
        window.record(.seconds(1_000_000), at: .zero + .seconds(60))
        #expect(window.recent(at: .zero + .seconds(60)) != nil)
    }

    @Test func theLogKeepsTheLastEventsInOrder() {
        let log = EventLog(capacity: 5)
        #expect(log.events(after: 0).isEmpty)
        for number in 1...13 {
            log.append(kind: "k\(number)", message: "", at: .zero + .seconds(number))
            let all = log.events(after: 0)
            #expect(all.map(\.number) == (UInt64(max(1, number - 4))...UInt64(number)).map { $0 })
            #expect(all.last?.kind == "k\(number)" && all.last?.time == .seconds(number))
        }
        #expect(log.events(after: 11).map(\.number) == [12, 13])
        #expect(log.events(after: 13).isEmpty && log.events(after: .max).isEmpty)
    }

    /// Rings at the earliest time, once, and never after it was stopped.
    @Test(.timeLimit(.minutes(5)))
    func theAlarmKeepsTheEarliestTime() throws {
        let rings = Monitor<[Instant]>([])
        let alarm = AlarmClock()
        try alarm.start(now: { CellRuntime.now }) {
            rings.update { $0.append(CellRuntime.now) }
        }
        let start = CellRuntime.now
        alarm.set(start + .seconds(3600))
        alarm.set(start + .milliseconds(20))
        alarm.set(start + .milliseconds(500))
        let first = rings.wait { $0.first.map { .leave($0) } ?? .sleep }
        #expect(first >= start + .milliseconds(20))
        alarm.set(first)
        let both = rings.wait { $0.count == 2 ? .leave($0) : .sleep }
        #expect(both.count == 2)
        alarm.set(CellRuntime.now + .seconds(3600))
        alarm.stop()
        #expect(rings.wait { .leave($0.count) } == 2)
    }
}
