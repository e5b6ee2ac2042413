import Cluster
import Domain
import Planning
import Simulation
import Testing

struct FaultTests {
    private static let first = InstanceID(0)
    private static let second = InstanceID(1)
    private static let whole = Duration.seconds(3600)

    /// One of each kind, where it hurts most.
    private static let kinds: [Fault] = [
        Fault(.at(.zero), .slowInstance(first, factor: 7, lasting: .seconds(5))),
        Fault(.at(.milliseconds(300)), .slowLink(.all, factor: 50, lasting: .seconds(5))),
        Fault(
            .afterEffect(.dropFinished, count: 1, delay: .milliseconds(30)),
            .slowLink(.pair(first, second), factor: 20, lasting: .seconds(20))),
        Fault(
            .afterEffect(.transfer, count: 2, delay: .milliseconds(1)),
            .lostLink(.all, lasting: .seconds(2))),
        Fault(
            .afterEffect(.load, count: 1, delay: .zero),
            .lostLink(.pair(second, first), lasting: .milliseconds(200))),
        Fault(.at(.zero), .failure(.memoryChange(of: second), .next(1))),
        Fault(.at(.zero), .failure(.memoryChange(of: nil), .within(.seconds(3)))),
        Fault(
            .afterEffect(.restoreStarted, count: 1, delay: .zero),
            .failure(.memoryChange(of: first), .next(1))),
        Fault(.at(.zero), .failure(.load(into: nil), .next(1))),
        Fault(.at(.zero), .failure(.load(into: first), .within(.seconds(9)))),
        Fault(.at(.zero), .failure(.transfer(into: nil), .within(.seconds(2)))),
        Fault(.at(.zero), .failure(.transfer(into: first), .next(2))),
        Fault(.at(.zero), .lateAnswers(first, by: .milliseconds(150), lasting: .seconds(4))),
        Fault(
            .afterEffect(.dropStarted, count: 1, delay: .zero),
            .lateAnswers(second, by: .seconds(1), lasting: .milliseconds(500))),
    ]

    @Test(arguments: OverloadPolicy.allCases, kinds.indices)
    func everybodyIsServedWhateverFails(policy: OverloadPolicy, kind: Int) {
        var run = FaultyCluster(policy, faults: [Self.kinds[kind]])
        run.run()
        run.expectAllServed()
    }

    @Test(arguments: OverloadPolicy.allCases)
    func everybodyIsServedWhenAllFailsAtOnce(policy: OverloadPolicy) {
        var run = FaultyCluster(policy, instances: 3, faults: Self.kinds)
        run.run(60)
        run.expectAllServed(60)
    }

    @Test func withoutFaultsNothingIsNoted() throws {
        var run = FaultyCluster()
        run.run()
        run.expectAllServed()
        #expect(run.dropFailed == nil)
        _ = try #require(run.restoreFinished)
    }
}

// MARK: - What each does

extension FaultTests {
    @Test func aSlowInstanceTakesLonger() throws {
        func lastToken(_ faults: [Fault]) -> Duration? {
            var run = FaultyCluster(.recompute, instances: 1, faults: faults)
            run.run(1)
            return run.emitted.last
        }
        let usual = try #require(lastToken([]))
        let slow = try #require(
            lastToken([Fault(.at(.zero), .slowInstance(Self.first, factor: 3, lasting: Self.whole))]
            ))
        #expect(abs(slow.seconds / usual.seconds - 3) < 0.01)
        let short = try #require(
            lastToken([
                Fault(.at(.zero), .slowInstance(Self.first, factor: 3, lasting: usual * 0.3))
            ]))
        #expect(short > usual * 1.1 && short < usual * 1.5)
    }

    @Test func aFailedMemoryChangeEndsTheDrop() throws {
        var run = FaultyCluster(faults: [
            Fault(.at(.zero), .failure(.memoryChange(of: Self.first), .next(1)))
        ])
        run.run()
        let failed = try #require(run.dropFailed)
        #expect(try #require(run.dropFinished) > failed)
    }

    @Test func theNthFails() throws {
        var run = FaultyCluster(faults: [
            Fault(.at(.zero), .failure(.memoryChange(of: nil), .next(3)))
        ])
        run.run()
        let finished = try #require(run.dropFinished)
        #expect(run.dropFailed.map { $0 > finished } ?? true)
    }

    @Test func aFailedLoadIsTriedFromTheFiles() {
        var run = FaultyCluster(faults: [
            Fault(.afterEffect(.load, count: 1, delay: .zero), .failure(.load(into: nil), .next(1)))
        ])
        run.run()
        #expect(
            run.notes.contains { if case .loadedFromFile = $0.note { true } else { false } })
        #expect(run.restoreFinished != nil)
    }

    @Test func aFailedTransferIsRecomputed() {
        var run = FaultyCluster(faults: [
            Fault(.at(.zero), .failure(.transfer(into: nil), .next(1)))
        ])
        run.run()
        let aborted = run.notes.count {
            if case .relocationAborted(_, .transferFailed) = $0.note { true } else { false }
        }
        #expect(aborted == 1)
    }

    @Test func aLostLinkFailsTheExchange() {
        var run = FaultyCluster(faults: [
            Fault(
                .afterEffect(.dropFinished, count: 1, delay: .zero),
                .lostLink(.all, lasting: .seconds(1)))
        ])
        run.run()
        run.expectAllServed()
        #expect(
            run.notes.contains {
                if case .relocationAborted(_, .transferFailed) = $0.note { true } else { false }
            })
    }

    /// The second stage hears nothing for a second, and nothing is lost.
    @Test func activationsWaitForTheLink() throws {
        var run = FaultyCluster(
            .staticPipeline,
            faults: [Fault(.at(.milliseconds(200)), .lostLink(.all, lasting: .seconds(1)))])
        run.run(20)
        run.expectAllServed(20)
        let gap = zip(run.emitted, run.emitted.dropFirst()).map { $1 - $0 }.max()
        #expect(try #require(gap) > .milliseconds(950))
    }

    @Test func lateAnswersKeepTheirOrder() throws {
        let late = Duration.milliseconds(40)
        var run = FaultyCluster(
            .recompute, instances: 1,
            faults: [
                Fault(.at(.zero), .lateAnswers(Self.first, by: late, lasting: .milliseconds(100)))
            ])
        run.run(1)
        run.expectAllServed(1)
        var usual = FaultyCluster(.recompute, instances: 1)
        usual.run(1)
        #expect(run.emitted[0] - usual.emitted[0] == late)
        let delay = try #require(run.emitted.last) - (try #require(usual.emitted.last))
        #expect(delay >= late * 2 && delay <= late * 3)
    }

    @Test func aFaultFollowsTheEffectItWaitsFor() throws {
        let delay = Duration.milliseconds(1)
        var run = FaultyCluster(faults: [
            Fault(
                .afterEffect(.dropStarted, count: 1, delay: delay),
                .failure(.memoryChange(of: nil), .within(.milliseconds(400))))
        ])
        run.run()
        run.expectAllServed()
        let started = try #require(run.dropStarted)
        #expect(try #require(run.dropFailed) > started + delay)
        let finished = try #require(run.dropFinished)
        #expect(finished > started + delay + .milliseconds(400))
    }

    @Test func faultsAloneKeepNothingGoing() {
        var run = FaultyCluster(faults: [
            Fault(.at(.seconds(500)), .slowInstance(Self.first, factor: 2, lasting: .seconds(1)))
        ])
        run.run(1)
        run.expectAllServed(1)
        #expect(run.cluster.now == Instant(nanoseconds: 501_000_000_000))
        #expect(run.cluster.lastWork < Instant(nanoseconds: 10_000_000_000))
    }

    @Test(arguments: OverloadPolicy.allCases)
    func theOthersGoOnWhenAnInstanceDies(policy: OverloadPolicy) {
        var run = FaultyCluster(
            policy, instances: 3, faults: [Fault(.at(.milliseconds(700)), .death(Self.second))])
        run.run()
        run.expectAllServed()
        #expect(run.notes.contains { if case .instanceLost = $0.note { true } else { false } })
    }
}
