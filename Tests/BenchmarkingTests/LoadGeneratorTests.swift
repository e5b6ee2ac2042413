import Domain
import NIOCore
import NIOHTTP1
import Testing

@testable import Benchmarking

/// The whole generator against a fake server on this machine.
struct LoadGeneratorTests {
    private func load(
        _ server: FakeServer, count: Int = 12, every seconds: Double = 0.002,
        _ adjust: (inout LoadSettings) -> Void = { _ in }
    ) async throws -> RunRecord {
        let requests = (0..<count).map {
            PlannedRequest(
                arrivalSeconds: Double($0) * seconds, prompt: .tokens(count: 7, seed: UInt64($0)),
                outputTokens: $0 + 1)
        }
        let form = RequestForm(
            path: "/v1/completions", model: "m",
            prompts: PromptMaker(vocabulary: 16..<2000, seed: 0))
        var settings = LoadSettings(
            server: ServerAddress(host: "127.0.0.1", port: server.port), form: form)
        settings.timeout = .seconds(20)
        adjust(&settings)
        let generator = LoadGenerator()
        let result: Result<RunRecord, any Error>
        do {
            let workload = Workload(name: "test", requests: requests)
            result = .success(try await generator.run(workload, settings: settings))
        } catch {
            result = .failure(error)
        }
        await generator.shutDown()
        try await server.stop()
        return try result.get()
    }

    @Test func answersAreMeasured() async throws {
        let server = try await FakeServer { _, _ in
            .answer(tokens: 4, firstAfter: .milliseconds(15), gap: .milliseconds(2))
        }
        let run = try await load(server)
        #expect(run.requests.map(\.index) == Array(0..<12))
        #expect(run.requests.allSatisfy { $0.isCompleted })
        #expect(run.requests.allSatisfy { $0.outputTokens == 4 && $0.inputTokens == 7 })
        #expect(run.requests.allSatisfy { $0.chunks.count == 4 && $0.gaps.count == 3 })
        for request in run.requests {
            let first = try #require(request.timeToFirstToken)
            let whole = try #require(request.latency)
            #expect(first >= .milliseconds(15))
            #expect(whole >= first)
            #expect(whole >= .milliseconds(21))
            #expect(request.scheduled == .milliseconds(2 * Double(request.index)))
            #expect(request.origin == request.scheduled)
        }
        let bodies = server.requests
        #expect(bodies.count == 12)
        #expect(bodies.allSatisfy { $0.body["prompt"]?.arrayValue?.count == 7 })
        #expect(bodies.allSatisfy { $0.path == "/v1/completions" })
        #expect(bodies.allSatisfy { $0.headers["Host"] == ["127.0.0.1:\(server.port)"] })
    }

    /// The loop is open: this server answers nothing before all requests are there.
    @Test func silenceDoesNotHoldArrivalsBack() async throws {
        let arrived = Counter()
        let server = try await FakeServer { _, _ in
            arrived.add()
            return .answerWhen { arrived.count == 40 }
        }
        let run = try await load(server, count: 40)
        #expect(run.requests.count { $0.isCompleted } == 40)
        #expect(Timeline(run).maxConcurrency == 40)
    }

    @Test func theRunHasItsTime() async throws {
        let server = try await FakeServer { _, _ in .silence }
        let run = try await load(server, count: 5) { $0.maxDuration = .milliseconds(500) }
        #expect(run.requests.allSatisfy { $0.outcome == .timedOut(.run) })
        #expect(run.requests.count + run.notSent == 5)
    }

    @Test func whatIsDueAfterTheEndIsNotSent() async throws {
        let server = try await FakeServer { _, _ in .answer(tokens: 1) }
        let run = try await load(server, count: 10, every: 10) {
            $0.maxDuration = .milliseconds(200)
        }
        #expect(run.requests.count == 1)
        #expect(run.notSent == 9)
    }

    @Test func eachRequestHasItsTime() async throws {
        let server = try await FakeServer { index, _ in
            index == 1 ? .silence : .answer(tokens: 2)
        }
        let run = try await load(server, count: 4) { $0.timeout = .seconds(3) }
        #expect(run.requests.count { $0.isCompleted } == 3)
        #expect(run.requests.count { $0.outcome == .timedOut(.request) } == 1)
    }

    @Test func everyOutcomeIsCounted() async throws {
        // The length asked for says which request it is; a broken one may come twice.
        let server = try await FakeServer { _, request in
            switch (request.body["max_tokens"]?.intValue ?? 0) - 1 {
            case 0: .status(503)
            case 1: .status(429)
            case 2: .status(400)
            case 3: .cut(after: 2)
            case 4: .endEarly(after: 2)
            case 5: .hangUp
            case 6: .bytes("data: nonsense\n\n")
            case 7: .bytes("data: {\"error\":{\"message\":\"boom\"}}\n\ndata: [DONE]\n\n")
            case 8: .bytes("")
            default: .answer(tokens: 3)
            }
        }
        let run = try await load(server)
        let kinds = run.requests.map { $0.outcome.kind }
        #expect(
            kinds == [
                "rejected_503", "rejected_429", "http_status", "truncated", "truncated",
                "closed_early", "malformed", "server_error", "truncated", nil, nil, nil,
            ])
        #expect(run.requests[2].outcome.message == "http_status: 400 no room")
        #expect(run.requests[3].outputTokens == 2)
        #expect(run.requests[7].outcome == .failed(.serverError, message: "boom"))
        let result = BenchmarkResult(TestRuns.description, run: run)
        #expect(result.distribution(.ttft).count == 3)
        #expect(result.failures.map(\.count).reduce(3, +) == 12)
    }

    @Test func aLimitOnConcurrencyIsKept() async throws {
        let server = try await FakeServer { _, _ in
            .answer(tokens: 2, firstAfter: .milliseconds(5))
        }
        let run = try await load(server, count: 20, every: 0) { $0.maxConcurrency = 3 }
        #expect(run.requests.allSatisfy { $0.isCompleted })
        #expect(Timeline(run).maxConcurrency <= 3)
        #expect(Set(server.requests.map(\.connection)).count <= 4)
        let last = try #require(run.requests.last)
        #expect(last.heldBack >= .milliseconds(25))
        #expect(last.origin == last.scheduled + last.heldBack)
    }

    @Test func connectionsAreUsedAgain() async throws {
        let server = try await FakeServer { _, _ in .answer(tokens: 2) }
        let run = try await load(server, count: 10, every: 0) { $0.maxConcurrency = 1 }
        #expect(run.requests.allSatisfy { $0.isCompleted })
        #expect(Set(server.requests.map(\.connection)).count == 1)
    }

    /// A server may close an idle connection at any time; the next request must not pay for it.
    @Test func aStaleConnectionIsReplaced() async throws {
        let server = try await FakeServer { index, request in
            let isReused = index > 0 && request.connection == 2
            return isReused ? .hangUp : .answer(tokens: 2)
        }
        let run = try await load(server, count: 3, every: 0) { $0.maxConcurrency = 1 }
        #expect(run.requests.allSatisfy { $0.isCompleted })
    }

    @Test func warmUpsAreNotCounted() async throws {
        let server = try await FakeServer { _, _ in .answer(tokens: 1) }
        let run = try await load(server, count: 2) { $0.warmups = 3 }
        #expect(run.requests.count == 2)
        #expect(server.requests.count == 5)
    }

    @Test func textsAndKeysOnDemand() async throws {
        let server = try await FakeServer { _, _ in .answer(tokens: 3) }
        let run = try await load(server, count: 1) {
            $0.keepsTexts = true
            $0.apiKey = "secret"
        }
        #expect(run.requests.first?.text == " t0 t1 t2")
        #expect(server.requests.first?.headers["Authorization"] == ["Bearer secret"])
    }

    @Test func nobodyListens() async throws {
        let server = try await FakeServer { _, _ in .silence }
        let port = server.port
        try await server.stop()
        let generator = LoadGenerator()
        let error = await #expect(throws: LoadError.self) {
            _ = try await generator.servedModel(
                at: ServerAddress(host: "127.0.0.1", port: port), apiKey: nil)
        }
        #expect(error?.description.hasSuffix(": Connection refused") == true)
        await generator.shutDown()
    }
}
