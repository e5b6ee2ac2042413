import Cluster
import Domain
import Planning
import Simulation
import Testing

/// A question to a cell in the middle of its work.
struct LiveStateTests {
    /// A cell under load after so many answers, with `policy`.
    private func live(
        _ policy: OverloadPolicy, seed: Int, requests: Int = 14, answers: Int
    ) -> LiveCell {
        var live = LiveCell(Fixtures.cell(policy), seed: seed)
        for id in 1...requests { live.send(.submitted(Fixtures.request(UInt64(id)))) }
        for _ in 0..<answers { live.answer() }
        return live
    }

    @Test(arguments: OverloadPolicy.allCases, 0..<6)
    func everythingThatIsUnderWayComesToItsEnd(policy: OverloadPolicy, seed: Int) throws {
        let live = live(policy, seed: seed, answers: 3 + seed * 23)
        let question = WhatIfQuestion(
            arrivals: Fixtures.arrivals(4, every: .milliseconds(30), from: .milliseconds(5)))
        let projection = try Fixtures.run(
            question, of: live.cell, at: live.now, outstanding: live.outstanding)
        #expect(projection.ending == .settled)
        #expect(projection.cluster.cell.isIdle)
        #expect(projection.answer.requests == 4 && projection.answer.rejected == 0)
        #expect(projection.answer.timeline.first?.waiting == live.cell.waitingCount)
        #expect(projection.answer.timeline.first?.running == live.cell.runningCount)
        if policy == .drop {
            #expect(projection.cluster.cell.memories.allSatisfy { $0.isWhole })
        }
    }

    @Test func theLiveCellStaysAsItIs() throws {
        var (left, right) = (
            live(.drop, seed: 3, answers: 40), live(.drop, seed: 3, answers: 40)
        )
        _ = try Fixtures.run(
            WhatIfQuestion(arrivals: Fixtures.arrivals(5, every: .milliseconds(1))),
            of: left.cell, at: left.now, outstanding: left.outstanding)
        for _ in 0..<300 {
            left.answer()
            right.answer()
        }
        #expect(left.now == right.now && left.notes == right.notes)
        #expect(left.unfinished == right.unfinished)
    }

    /// One question at each moment of a drop and a restore.
    @Test func aDropOrRestoreUnderWayIsFinished() throws {
        var live = live(.drop, seed: 1, answers: 0)
        var phases = Set<String>()
        for turn in 0..<600 {
            live.answer()
            guard let phase = phase(of: live.outstanding), phases.insert(phase).inserted
            else { continue }
            let projection = try Fixtures.run(
                WhatIfQuestion(arrivals: Fixtures.arrivals(1, every: .zero)), of: live.cell,
                at: live.now, outstanding: live.outstanding)
            #expect(projection.ending == .settled, "\(phase) at \(turn)")
            #expect(projection.cluster.cell.memories.allSatisfy { $0.isWhole })
            #expect(projection.answer.requests == 1)
        }
        #expect(phases == ["change", "load", "transfer"])
    }

    private func phase(of outstanding: [Effect]) -> String? {
        for effect in outstanding {
            switch effect {
            case .changeMemory: return "change"
            case .loadUnits: return "load"
            case .transfer: return "transfer"
            default: continue
            }
        }
        return nil
    }
}
