import Domain
import Planning
import Scheduling
import TestSupport
import Testing

@testable import Cluster

struct CellTests {
    private func request(
        _ id: UInt64, prompt: [TokenID] = [1, 2, 3], maxTokens: Int = 4
    ) -> GenerationRequest {
        GenerationRequest(
            id: RequestID(id), prompt: prompt, sampling: SamplingParameters(),
            stop: StopConditions(maxTokens: maxTokens))
    }

    @Test func oneRequestIsServed() {
        var harness = CellHarness(blockCounts: [8])
        let request = request(1)
        harness.send(.submitted(request))
        harness.drainSteps()
        #expect(harness.received[request.id] == harness.expectation(for: request))
        #expect(harness.ended[request.id] == .length)
    }

    @Test func stopTokensEndAGenerationFromMinTokensOn() throws {
        var harness = CellHarness(blockCounts: [32])
        var request = request(1, maxTokens: 40)
        let quiet = harness.expectation(for: request)
        request.stop.stopTokens = [quiet[5]]
        request.stop.minTokens = 3
        let expected = harness.expectation(for: request)
        harness.send(.submitted(request))
        harness.drainSteps()
        #expect(harness.received[request.id] == expected)
        #expect(harness.ended[request.id] == .stopToken(quiet[5]))
    }

    @Test func impossibleRequestsAreTurnedAway() {
        var harness = CellHarness(blockCounts: [8]) { $0.maxQueued = 0 }
        harness.send(.submitted(request(1, prompt: [])))
        harness.send(.submitted(request(2, prompt: [1, 77])))
        harness.send(.submitted(request(3, prompt: Array(repeating: 1, count: 32))))
        harness.send(.submitted(request(4)))
        harness.send(.drain)
        harness.send(.submitted(request(5)))
        #expect(harness.rejected[RequestID(1)] == .emptyPrompt)
        #expect(harness.rejected[RequestID(2)] == .unknownToken(77))
        #expect(
            harness.rejected[RequestID(3)] == .contextLengthExceeded(prompt: 32, limit: 32))
        #expect(harness.rejected[RequestID(4)] == .overloaded(queued: 0, limit: 0))
        #expect(harness.rejected[RequestID(5)] == .draining)
        #expect(harness.cell.isIdle)
    }

    @Test func theQueueIsBounded() {
        var harness = CellHarness(blockCounts: [64]) {
            $0.maxRunning = 1
            $0.maxQueued = 2
        }
        for id in 1...4 { harness.send(.submitted(request(UInt64(id)))) }
        #expect(harness.rejected == [RequestID(4): .overloaded(queued: 2, limit: 2)])
        harness.drainSteps()
        #expect(harness.ended.count == 3)
    }

    @Test func aFailedStepEndsItsSequencesOnly() {
        var harness = CellHarness(blockCounts: [64]) { $0.maxRunning = 1 }
        harness.send(.submitted(request(1)))
        harness.send(.submitted(request(2)))
        let step = harness.inFlight.removeFirst()
        harness.send(.stepFailed(step.id, of: step.group, message: "no power"))
        harness.drainSteps()
        #expect(harness.ended[RequestID(1)] == .failed("no power"))
        #expect(harness.received[RequestID(2)] == harness.expectation(for: request(2)))
    }

    @Test func aRequestCancelledBeforeItsStepFailsIsGone() {
        var harness = CellHarness(blockCounts: [64])
        harness.send(.submitted(request(1)))
        harness.send(.cancelled(RequestID(1), .aborted))
        let step = harness.inFlight.removeFirst()
        harness.send(.stepFailed(step.id, of: step.group, message: "no power"))
        #expect(harness.ended[RequestID(1)] == .aborted)
        #expect(harness.cell.isIdle && harness.cell.blockUsage == 0)
        harness.send(.cancelled(RequestID(1), .aborted))
        #expect(harness.notes == [.cancelledUnknown(RequestID(1))])
    }

    /// Random arrivals, cancellations and step completions on one to three groups with few blocks:
    /// every request that ends by itself has exactly the tokens of a quiet run, nobody waits for
    /// ever and all blocks return.
    @Test(arguments: 0..<60) func tokensAreExactWhateverHappensAround(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let groups = Int.random(in: 1...3, using: &random)
        let blocks = Int.random(in: 6...24, using: &random)
        var harness = CellHarness(blockCounts: Array(repeating: blocks, count: groups)) {
            $0.maxBatchedTokens = Int.random(in: 1...24, using: &random)
            $0.maxRunning = Int.random(in: 1...8, using: &random)
            $0.isPrefixCaching = .random(using: &random)
            $0.order = .random(using: &random) ? .priority : .firstComeFirstServed
            $0.maxStepsInFlight = Int.random(in: 1...3, using: &random)
            $0.watermark = .random(using: &random) ? 0 : 0.1
        }
        var requests: [GenerationRequest] = []
        for event in 0..<120 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3:
                requests.append(.random(UInt64(event), harness, &random))
                harness.send(.submitted(requests[requests.count - 1]))
            case 3:
                let id = requests.randomElement(using: &random)?.id ?? RequestID(999)
                harness.send(.cancelled(id, .aborted))
            default:
                harness.finishStep()
            }
        }
        harness.drainSteps()
        #expect(harness.cell.blockUsage == 0)
        for request in requests where harness.rejected[request.id] == nil {
            let received = harness.received[request.id] ?? []
            let expected = harness.expectation(for: request)
            if harness.ended[request.id] == .aborted {
                #expect(received[...] == expected.prefix(received.count))
            } else {
                #expect(received == expected, "seed \(seed)")
                #expect(harness.ended[request.id] != nil)
            }
        }
    }
}
