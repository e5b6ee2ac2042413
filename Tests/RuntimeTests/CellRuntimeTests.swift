import Domain
import Scheduling
import TestSupport
import Testing

@testable import Runtime

/// The whole path without the network: cell, threads, real arithmetic.
struct CellRuntimeTests {
    private func prompt(_ length: Int, _ seed: UInt64 = 1) -> [TokenID] {
        var random = SplitMix64(seed: seed)
        return (0..<length).map { _ in TokenID(.random(in: 0..<200, using: &random)) }
    }

    @Test func oneRequestIsServed() async throws {
        let harness = try RuntimeHarness()
        defer { harness.runtime.stop() }
        let answer = await harness.collect(harness.request(prompt: prompt(40), maxTokens: 9))
        #expect(answer.tokens.count == 9 && answer.reason == .length)
        #expect(answer.usage?.promptTokens == 40)
        #expect(harness.metric("vllm:generation_tokens_total") == 9)
        #expect(harness.metric("vllm:prompt_tokens_total") == 40)
        #expect(harness.metric("vllm:request_success_total") == 1)
    }

    /// Many sampled requests at once on few blocks: tokens and logprobs have the bits of a quiet
    /// run, although most of them are preempted or share prefixes.
    @Test(arguments: [1, 2])
    func tokensAreExactUnderPressure(instances: Int) async throws {
        let quiet = try RuntimeHarness { $0.isPrefixCaching = false }
        let busy = try RuntimeHarness(kv: .kibibytes(384), instances: instances)
        defer {
            quiet.runtime.stop()
            busy.runtime.stop()
        }
        let prompts = (0..<(24 * instances)).map { index in
            prompt(16 * (index % 4) + 1, 3) + prompt(index + 1, UInt64(index))
        }
        // All are there before anybody listens: what else the machine does thins out no pressure.
        let streams = prompts.enumerated().map { index, prompt in
            busy.runtime.generate(sampled(busy, prompt, seed: UInt64(index)))
        }
        for (index, stream) in streams.enumerated() {
            var answer = RuntimeHarness.Answer()
            for await event in stream { answer.take(event) }
            let expected = await quiet.collect(sampled(quiet, prompts[index], seed: UInt64(index)))
            #expect(answer.tokens == expected.tokens, "request \(index)")
        }
        #expect(busy.metric("vllm:num_preemptions_total") > 0)
        #expect(busy.metric("vllm:prefix_cache_hits_total") > 0)
        #expect(busy.metric("vllm:kv_cache_usage_perc") == 0)
    }

    private func sampled(
        _ harness: RuntimeHarness, _ prompt: [TokenID], seed: UInt64
    ) -> GenerationRequest {
        harness.request(prompt: prompt, maxTokens: 60) {
            $0.temperature = 0.9
            $0.topP = 0.95
            $0.seed = seed
            $0.repetitionPenalty = 1.1
            $0.logprobs = 2
        }
    }

    @Test func promptLogprobsComeOnceAndInOrder() async throws {
        let harness = try RuntimeHarness { $0.maxBatchedTokens = 16 }
        defer { harness.runtime.stop() }
        let prompt = prompt(50)
        for _ in 0..<2 {
            let request = harness.request(prompt: prompt, maxTokens: 2) { $0.promptLogprobs = 1 }
            let answer = await harness.collect(request)
            #expect(answer.prompt.map(\.token) == Array(prompt.dropFirst()))
            #expect(answer.prompt.allSatisfy { ($0.logprob ?? 1) <= 0 && $0.top.count == 1 })
        }
    }

    @Test func aStreamThatIsDroppedFreesItsBlocks() async throws {
        let harness = try RuntimeHarness()
        defer { harness.runtime.stop() }
        for await event in harness.runtime.generate(
            harness.request(prompt: prompt(20), maxTokens: 100))
        {
            if case .tokens = event { break }
        }
        await harness.becomeQuiet()
        #expect(harness.runtime.load == (0, 0))
        #expect(harness.metric("vllm:kv_cache_usage_perc") == 0)
    }

    /// Readers that leave while tokens are on their way to them: the two locks involved, the
    /// runtime's and the one that the system holds around a cancellation, never wait for each
    /// other.
    @Test(.timeLimit(.minutes(5)))
    func readersMayLeaveAtAnyMoment() async throws {
        let harness = try RuntimeHarness { $0.maxBatchedTokens = 256 }
        defer { harness.runtime.stop() }
        for round in 0..<20 {
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<16 {
                    let request = harness.request(prompt: prompt(4, UInt64(index)), maxTokens: 100)
                    group.addTask { _ = await harness.collect(request) }
                }
                for _ in 0..<round { await Task.yield() }
                group.cancelAll()
            }
        }
        await harness.becomeQuiet()
        #expect(harness.metric("vllm:kv_cache_usage_perc") == 0)
    }

    @Test func drainingServesWhatRunsAndTurnsTheRestAway() async throws {
        let harness = try RuntimeHarness()
        defer { harness.runtime.stop() }
        let stream = harness.runtime.generate(harness.request(prompt: prompt(9), maxTokens: 30))
        harness.runtime.drain()
        let late = await harness.collect(harness.request(prompt: prompt(9), maxTokens: 30))
        #expect(late.rejection == .draining)
        var finished = false
        for await event in stream {
            if case .finished(.length, _) = event { finished = true }
        }
        #expect(finished)
    }

    @Test func stoppingEndsWhatRuns() async throws {
        let harness = try RuntimeHarness()
        let stream = harness.runtime.generate(harness.request(prompt: prompt(9), maxTokens: 140))
        harness.runtime.stop()
        var last: GenerationEvent?
        for await event in stream { last = event }
        guard case .finished(let reason, _) = last else {
            Issue.record("no end")
            return
        }
        #expect(reason == .aborted || reason == .length)
    }
}
