import Domain
import Testing

@testable import Runtime

/// Bubbles are time without a step at a stage while the group has one elsewhere.
struct StageClockTests {
    private func time(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test func idleTimeOfTheGroupIsNoBubble() {
        var table = PipelineTable()
        var clock = StageClock()
        let group = GroupID(0)
        table.form(group, [GroupStage(0, 0..<2), GroupStage(1, 2..<4)], at: time(0))
        let step = Step(id: StepID(0), group: group, stageCount: 2)
        // Planned after 10 ms of nothing to do; 5 ms pass until the stage has it.
        let first = table.begin(step, records: [], at: time(10))
        #expect(clock.bubble(before: first, at: time(15)) == .milliseconds(5))
        clock.end(first, at: time(20))
        table.end(first, at: time(20))
        // 30 ms of nothing to do, then 4 ms at the other stage.
        let second = table.begin(step, records: [], at: time(50))
        #expect(clock.bubble(before: second, at: time(54)) == .milliseconds(4))
        clock.end(second, at: time(60))
        // The group is busy all the time.
        let third = table.begin(step, records: [], at: time(61))
        #expect(clock.bubble(before: third, at: time(67)) == .milliseconds(7))
        clock.end(third, at: time(70))
        table.end(second, at: time(60))
        table.end(third, at: time(70))
        // Another group of the same id starts anew.
        table.dissolve(group)
        table.form(group, [GroupStage(0, 0..<2), GroupStage(1, 2..<4)], at: time(100))
        let fresh = table.begin(step, records: [], at: time(103))
        #expect(clock.bubble(before: fresh, at: time(104)) == .milliseconds(1))
    }
}
