import Domain
import NIOCore
import Testing

@testable import Benchmarking

struct ClusterMonitorTests {
    private func run(
        until isOver: @escaping @Sendable () -> Bool,
        _ pages: @escaping @Sendable (String) -> JSON?
    ) async throws -> (RunRecord, model: String?) {
        let server = try await FakeServer(pages: pages) { _, _ in .answerWhen(isOver) }
        let address = ServerAddress(host: "127.0.0.1", port: server.port)
        let form = RequestForm(
            path: "/v1/completions", model: "m",
            prompts: PromptMaker(vocabulary: 1..<9, seed: 0))
        var settings = LoadSettings(server: address, form: form)
        settings.pollInterval = .milliseconds(10)
        let request = PlannedRequest(
            arrivalSeconds: 0, prompt: .tokens(count: 1, seed: 0), outputTokens: 2)
        let generator = LoadGenerator()
        let model = try? await generator.servedModel(at: address, apiKey: nil)
        let record = try await generator.run(
            Workload(name: "w", requests: [request]), settings: settings)
        await generator.shutDown()
        try await server.stop()
        return (record, model)
    }

    /// Events 1 and 2 happened before the run; 3 comes while it goes on.
    @Test func seesTheServersView() async throws {
        let polls = Counter()
        let sample = TestRuns.sample(0).json
        let (record, model) = try await run(until: { polls.count > 3 }) { path in
            func event(_ number: Int) -> JSON {
                ["number": .int(number), "time": 5.0, "kind": "drop_started", "message": "m"]
            }
            switch path {
            case "/v1/models": return ["data": [["id": "served"]]]
            case "/v1/cluster": return sample
            case "/v1/cluster/log?after=0": return ["events": [event(1), event(2)]]
            case "/v1/cluster/log?after=2":
                polls.add()
                return ["events": .array(polls.count > 1 ? [event(3)] : [])]
            case "/v1/cluster/log?after=3":
                polls.add()
                return ["events": []]
            default: return nil
            }
        }
        #expect(model == "served")
        #expect(record.samples.count >= 3)
        #expect(record.samples.first?.instances.first?.weights == ByteCount(40))
        #expect(record.events.map(\.number) == [3])
        // The server's clock stands at 5 s in every sample, and the first sample came first.
        let first = try #require(record.samples.first?.time)
        #expect(record.events.first?.time == first)
    }

    @Test func aServerWithoutAViewIsLeftInPeace() async throws {
        let asked = Counter()
        let (record, model) = try await run(until: { asked.count > 0 }) { path in
            if path == "/v1/cluster" { asked.add() }
            return nil
        }
        #expect(model == nil)
        #expect(record.samples.isEmpty)
        #expect(record.requests.allSatisfy { $0.isCompleted })
        #expect(asked.count == 1)
    }
}
