import Domain
import TestSupport
import Testing

@testable import Benchmarking

struct ReportTests {
    private func run(_ name: String) throws -> ReportRun {
        try ReportRun(name: name, json: TestRuns.result.json, file: "f")
    }

    @Test func aPageStandsAlone() throws {
        let page = ReportWriter([try run("drop")]).html
        for banned in ["<script", "src=", "href=", "@import", "url(", "http:", "https:", "nan"] {
            #expect(!page.contains(banned), "\(banned)")
        }
        for wanted in [
            "<!doctype html>", "<svg", "prefers-color-scheme: dark", "drop_started", "Instance 0",
            "Time to first token", "kunserve bench serve",
        ] {
            #expect(page.contains(wanted), "\(wanted)")
        }
    }

    @Test func runsStandSideBySide() throws {
        let page = ReportWriter([try run("drop"), try run("recompute")]).html
        #expect(page.contains("2 runs side by side"))
        #expect(page.contains("Memory: recompute"))
        #expect(page.contains("class=\"s1\""))
    }

    /// An instance that could have been started and never was has no picture.
    @Test func absentInstancesAreLeftOut() throws {
        var result = TestRuns.result
        for index in result.run.samples.indices {
            result.run.samples[index].instances.append(
                ClusterSample.Instance(
                    id: 1, phase: "absent", layers: 0..<0, weights: .zero, used: .zero,
                    cached: .zero, free: .zero, other: .zero))
        }
        let page = ReportWriter([try ReportRun(name: "n", json: result.json, file: "f")]).html
        #expect(page.contains("Instance 0") && !page.contains("Instance 1"))
    }

    @Test func hostileNamesStayText() throws {
        var result = TestRuns.result
        let name = "<script>alert('x')</script>\u{1}\"&"
        result.description.model = name
        result.description.command = [name]
        result.run.events[0].kind = "drop\"><b>"
        result.run.events[0].message = name
        let page = ReportWriter([try ReportRun(name: name, json: result.json, file: "f")]).html
        #expect(!page.contains("<script"))
        #expect(!page.contains("<b>\""))
        #expect(!page.contains("\u{1}"))
        #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)"))
    }

    @Test func theBaseIsTheBestBaseline() throws {
        var slow = TestRuns.result
        for index in slow.run.requests.indices {
            slow.run.requests[index].chunks = slow.run.requests[index].chunks.map {
                $0 + .milliseconds(500)
            }
        }
        let slowRun = try ReportRun(name: "slow", json: slow.json, file: "f")
        let fast = try run("fast")
        #expect(ReportWriter([slowRun, fast]).base.baseTTFT == 550)
        #expect(ReportWriter([slowRun, fast], baselines: ["slow"]).base.baseTTFT == 1050)
    }

    /// A file may say anything; the page may then be odd, but there is one.
    @Test(arguments: 0..<30)
    func hostileNumbersMakeAPage(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let odd: [JSON] = [
            1e308, -1e308, 1e-300, 0, -1, 9_223_372_036_854_775_807, -9_223_372_036_854_775_808,
            nil, "x", [], 0.5, 3,
        ]
        func damage(_ json: JSON) -> JSON {
            switch json {
            case .object(let object):
                var damaged = JSONObject()
                for (key, value) in object.members { damaged[key] = damage(value) }
                return .object(damaged)
            case .array(let elements): return .array(elements.map(damage))
            default:
                let isSpared = Int.random(in: 0..<4, using: &random) > 0
                return isSpared ? json : odd.randomElement(using: &random) ?? json
            }
        }
        guard let run = try? ReportRun(name: "h", json: damage(TestRuns.result.json), file: "f")
        else { return }
        #expect(ReportWriter([run]).html.contains("</html>"))
    }

    @Test func emptyRunsMakeAPage() throws {
        let empty = BenchmarkResult(
            TestRuns.description, run: RunRecord(requests: [], duration: .zero))
        let page = ReportWriter([try ReportRun(name: "e", json: empty.json, file: "f")]).html
        #expect(page.contains("</html>"))
        #expect(!page.contains("nan"))
    }
}

struct AxisTests {
    @Test func linearEndsAreRound() {
        let axis = Axis.linear(to: 87)
        #expect(axis.ticks == [0, 20, 40, 60, 80, 100])
        #expect(axis.position(50) == 0.5)
        #expect(axis.position(-5) == 0)
        #expect(axis.position(500) == 1)
        #expect(Axis.linear(to: 0).ticks.last == 1)
    }

    @Test func exactEndsStay() {
        let axis = Axis.linear(exactly: 0, to: 63)
        #expect(axis.high == 63)
        #expect(axis.ticks == [0, 20, 40, 60])
    }

    @Test func logarithmicTicksAreOneTwoFive() {
        let axis = Axis.logarithmic(from: 1, to: 100)
        #expect(axis.ticks == [1, 2, 5, 10, 20, 50, 100])
        #expect(abs(axis.position(10) - 0.5) < 1e-12)
        #expect(axis.position(0) == 0)
        #expect(Axis.logarithmic(from: 1, to: 1e6).ticks.count == 7)
    }

    @Test func wideValuesAreLogarithmic() {
        #expect(Axis.fitting([1, 10]).kind == .linear)
        #expect(Axis.fitting([1, 100]).kind == .logarithmic)
        #expect(Axis.fitting([]).kind == .linear)
        #expect(Axis.fitting([0]).kind == .linear)
    }
}
