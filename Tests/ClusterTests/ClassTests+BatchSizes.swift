import Domain
import Planning
import Scheduling
import Testing

@testable import Cluster

/// How many requests an instance runs at once.
extension ClassTests {
    private func paced(itl: Duration) -> (CellHarness, [GenerationRequest]) {
        var harness = harness(batchSize: nil) {
            $0.autoscaling.initialBatchSize = 4
            $0.autoscaling.batchInterval = .milliseconds(10)
        }
        let requests = (1...10).map { request($0, .interactive, maxTokens: 8, itl: itl) }
        for request in requests { harness.send(.submitted(request)) }
        return (harness, requests)
    }

    /// Every step takes a millisecond.
    @Test func theBatchShrinksWhereTokensComeTooLate() {
        var (harness, requests) = paced(itl: .microseconds(300))
        for _ in 0..<12 { harness.finishStep() }
        #expect(harness.cell.batchSize(of: firstGroup) == 2)
        harness.drainSteps()
        #expect(harness.cell.batchSize(of: firstGroup) == 1)
        harness.expectExact(requests)
        requests.removeAll()
    }

    /// Every step reads a prompt, so that tokens are late whatever the batch: with fewer sequences
    /// the prompts would wait. Whoever looks for a better place finds that it is late.
    @Test func promptsAreNotPutDownToTheBatch() {
        var harness = harness(batchSize: nil) {
            $0.autoscaling.initialBatchSize = 4
            $0.autoscaling.batchInterval = .milliseconds(10)
        }
        let runner = request(1, .interactive, maxTokens: 40, itl: .microseconds(300))
        harness.send(.submitted(runner))
        var others: [GenerationRequest] = []
        for id in 2...36 as ClosedRange<UInt64> {
            others.append(request(id, .interactive, maxTokens: 2))
            harness.send(.submitted(others[others.count - 1]))
            harness.finishStep()
        }
        #expect(harness.cell.batchSize(of: firstGroup) == 4)
        #expect(harness.cell.isLate(firstGroup))
        harness.drainSteps()
        harness.expectExact([runner] + others)
    }

    @Test func theBatchGrowsWhereTokensComeEarly() {
        var (harness, requests) = paced(itl: .milliseconds(3))
        for _ in 0..<12 { harness.finishStep() }
        #expect(harness.cell.batchSize(of: firstGroup) > 4)
        harness.drainSteps()
        harness.expectExact(requests)
        requests.removeAll()
    }

    /// With interactive requests an instance goes back to the batch that was right for those.
    @Test func batchRequestsHaveABatchSizeOfTheirOwn() {
        var harness = harness(batchSize: nil) {
            $0.autoscaling.initialBatchSize = 4
            $0.autoscaling.batchInterval = .milliseconds(10)
        }
        let requests = (1...20).map { request($0, .batch, prompt: 4, maxTokens: 12) }
        for request in requests { harness.send(.submitted(request)) }
        for _ in 0..<24 { harness.finishStep() }
        let large = harness.cell.batchSize(of: firstGroup)
        #expect(large > 4)
        let chat = request(40, .interactive, prompt: 4, itl: .milliseconds(1))
        harness.send(.submitted(chat))
        #expect(harness.cell.batchSize(of: firstGroup) == 4)
        for _ in 0..<2 {
            harness.finishStep()
            harness.answer()
        }
        #expect(harness.cell.groups[firstGroup].seatedCount <= 4)
        harness.drainSteps()
        harness.expectExact(requests + [chat])
    }
}
