import Domain
import Testing

@testable import Benchmarking

/// Runs that were not measured but simulated: no chunks, and more to say.
struct SimulatedResultTests {
    private static let result: BenchmarkResult = {
        var result = TestRuns.result
        for index in result.run.requests.indices {
            result.run.requests[index].chunks = Array(result.run.requests[index].chunks.prefix(1))
        }
        result.run.withoutChunks = RunRecord.WithoutChunks(
            tokensPerSecond: [3, 6, 9], gaps: Distribution([10, 20, 30]))
        result.description.engine = "sim"
        result.description.extras = ["sim_seed": "7", "gpu": "A800-80GB"]
        return result
    }()

    @Test func tokensAndGapsAreGiven() {
        let json = Self.result.json
        #expect(json["mean_itl_ms"]?.doubleValue == 20)
        #expect(json["itls"] == [[], [], [], []])
        // A second beyond the run's end counts to its last.
        #expect(json["timeline"]?["output_tokens"] == [3.0, 15.0])
        #expect(json["max_output_tokens_per_s"]?.doubleValue == 15)
    }

    @Test func latenciesAreThoseOfChunks() {
        let (simulated, measured) = (Self.result.json, TestRuns.result.json)
        for key in ["ttfts", "latencies", "p99_ttft_ms", "p50_tpot_ms", "mean_e2el_ms"] {
            #expect(simulated[key] == measured[key], "\(key)")
        }
    }

    @Test func theFileSaysWhatItIs() throws {
        let json = Self.result.json
        #expect(json["engine"] == "sim" && json["sim_seed"] == "7")
        #expect(json.objectValue?.keys.last == "gpu")
        #expect(TestRuns.result.json["engine"] == "real")
        let run = try ReportRun(name: "s", json: json, file: "s.json")
        #expect(
            run.tpot.values
                == (try ReportRun(name: "m", json: TestRuns.result.json, file: "m")).tpot.values)
    }

    /// One cohort is all requests, and needs no table.
    @Test func cohortsStandSideBySide() throws {
        func page(_ cohorts: [JSON]) throws -> String {
            var result = Self.result
            result.description.extras["cohorts"] = .array(cohorts)
            return ReportWriter([try ReportRun(name: "s", json: result.json, file: "f")]).html
        }
        let high: JSON = [
            "name": "<b>high", "requests": 7, "median_ttft_ms": 12.5, "slo_attainment": 0.25,
        ]
        let normal: JSON = ["name": "normal", "requests": 93, "slo_attainment": .null]
        for cohorts in [[], [high]] { #expect(try !page(cohorts).contains("Cohorts")) }
        let both = try page([high, 5, normal, ["name": 7]])
        let rows = both.split(separator: "<tr>").filter { $0.contains("</i>s: ") }
        #expect(rows.count == 2)
        #expect(rows[0].contains("s: &lt;b&gt;high</th><td>7</td><td>12.50</td><td>–</td>"))
        #expect(rows[0].contains("<td>25.00</td></tr>"))
        #expect(rows[1].contains("normal</th><td>93</td><td>–</td>"))
    }

    @Test func sectionsMayBeLeftOut() throws {
        let run = try ReportRun(name: "s", json: Self.result.json, file: "s.json")
        var writer = ReportWriter([run])
        #expect(writer.html.contains("<h2>Latency</h2>") && writer.html.contains("<h2>Memory</h2>"))
        writer.sections = [.latency]
        #expect(
            writer.html.contains("<h2>Latency</h2>") && !writer.html.contains("<h2>Memory</h2>"))
    }

    @Test func thePageSaysWhatItIs() throws {
        let simulated = try ReportRun(name: "s", json: Self.result.json, file: "s.json")
        let measured = try ReportRun(name: "m", json: TestRuns.result.json, file: "m.json")
        let page = ReportWriter([simulated]).html
        #expect(page.contains("Simulation: s") && !page.contains("lag P99"))
        #expect(ReportWriter([simulated, measured]).html.contains("Benchmark: 2 runs"))
        #expect(ReportWriter([measured]).html.contains("lag P99"))
    }

    @Test func aSampleIsMadeOfParts() throws {
        let instance = ClusterSample.Instance(
            id: 0, phase: "whole", layers: 0..<8, weights: ByteCount(40), used: ByteCount(20),
            cached: ByteCount(5), free: ByteCount(25), other: ByteCount(10))
        #expect(instance == TestRuns.sample(1).instances[0])
        let group = ClusterSample.Group(
            id: 0, members: [0], running: 2, waiting: 1, stalled: 0)
        let sample = ClusterSample(
            time: .zero, policy: "drop", running: 2, waiting: 1, instances: [instance],
            groups: [group])
        #expect(ClusterSample(saved: sample.json) == sample)
    }

    @Test func theBaseIsTheBest() {
        let curve = ViolationCurve(
            bestOf: [Distribution([5, 6, 7]), Distribution([1, 9, 10])], [Distribution([3.0])])
        #expect(curve == ViolationCurve(baseTTFT: 6, baseTPOT: 3))
    }
}
