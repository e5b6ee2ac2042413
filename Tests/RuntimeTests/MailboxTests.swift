import Domain
import TestSupport
import Testing

@testable import Runtime

/// What an instance does next.
struct MailboxTests {
    private final class Job: BackgroundJob {
        func runPiece(_ tools: inout PieceTools) -> Bool { true }
    }

    private enum Kind: Hashable {
        case step, change, undo, settle, piece, settling, nothing
    }

    private func order(_ id: UInt32) -> InstanceMailbox.Order {
        let stage = GroupStage(0, 0..<FakeExecutor.layerCount)
        return .step(
            StepOrder(
                step: Step(id: StepID(id), group: GroupID(0)), records: [],
                route: Route(stages: [stage], formation: 1), planned: .zero, groupIdle: .zero))
    }

    private func take(_ box: InstanceMailbox, isSettling: Bool = false) -> Kind {
        switch box.take(isSettling: isSettling) {
        case .order(.step): .step
        case .order(.change): .change
        case .order(.undoChange): .undo
        case .order(.settleChange): .settle
        case .piece: .piece
        case .settlingPiece: .settling
        case nil: .nothing
        }
    }

    @Test func ordersKeepTheirOrder() {
        let box = InstanceMailbox(mode: .coordinated)
        box.put(order(0))
        box.put(.change(MemoryChange()))
        box.put(.undoChange)
        box.put(.settleChange)
        box.put(order(1))
        let taken = (0..<5).map { _ in take(box) }
        #expect(taken == [.step, .change, .undo, .settle, .step])
    }

    @Test func aStepWaitsForOnePieceAndPiecesForOneStep() {
        let box = InstanceMailbox(mode: .coordinated)
        let job = Job()
        box.put(job)
        #expect(take(box) == .piece)
        #expect(take(box) == .piece)
        for id in 0..<3 { box.put(order(UInt32(id))) }
        let taken = (0..<6).map { _ in take(box) }
        #expect(taken == [.step, .piece, .step, .piece, .step, .piece])
        box.remove(job)
        box.close()
        #expect(take(box) == .nothing)
    }

    @Test func memoryChangesDoNotWaitForPieces() {
        let box = InstanceMailbox(mode: .coordinated)
        box.put(Job())
        box.put(.change(MemoryChange()))
        box.put(.settleChange)
        box.put(order(0))
        let taken = (0..<4).map { _ in take(box) }
        #expect(taken == [.change, .settle, .step, .piece])
    }

    @Test func tearingDownComesBeforeJobsAndBetweenSteps() {
        let box = InstanceMailbox(mode: .coordinated)
        box.put(Job())
        for id in 0..<2 { box.put(order(UInt32(id))) }
        let taken = (0..<4).map { _ in take(box, isSettling: true) }
        #expect(taken == [.step, .settling, .step, .settling])
        #expect(take(box) == .piece)
    }

    @Test func blockingJobsGoAheadOfSteps() {
        let box = InstanceMailbox(mode: .blocking)
        let job = Job()
        box.put(order(0))
        box.put(job)
        #expect(take(box) == .piece)
        #expect(take(box) == .piece)
        box.remove(job)
        #expect(take(box) == .step)
    }

    /// A sequence that stands still waits for no other's KV, but for the piece that has begun.
    @Test func urgentJobsGoBeforeOthers() {
        let box = InstanceMailbox(mode: .coordinated)
        let jobs = (0..<5).map { _ in Job() }
        box.put(jobs[3])
        #expect(firstJob(box) === jobs[3])
        box.put(jobs[0], isUrgent: true)
        box.put(jobs[4])
        box.put(jobs[1], isUrgent: true)
        box.remove(jobs[3])
        for job in [jobs[0], jobs[1]] {
            #expect(firstJob(box) === job)
            box.remove(job)
        }
        #expect(firstJob(box) === jobs[4])
        box.put(jobs[2], isUrgent: true)
        #expect(firstJob(box) === jobs[2])
    }

    private func firstJob(_ box: InstanceMailbox) -> Job? {
        guard case .piece(let job) = box.take(isSettling: false) else { return nil }
        return job as? Job
    }

    @Test func aClosedBoxGivesItsOrdersAndTakesNothing() {
        let box = InstanceMailbox(mode: .coordinated)
        box.put(order(0))
        box.put(Job())
        box.close()
        box.put(order(1))
        #expect(take(box) == .step)
        #expect(take(box) == .nothing)
    }
}
