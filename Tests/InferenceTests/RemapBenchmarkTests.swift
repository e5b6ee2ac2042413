import Domain
import Testing

@testable import Inference

/// The benchmark measures what it says, in small.
struct RemapBenchmarkTests {
    @Test func callsAreCounted() throws {
        var benchmark = RemapBenchmark()
        benchmark.size = .mebibytes(4)
        benchmark.pageSizes = [.kibibytes(64)]
        benchmark.layers = 4
        benchmark.rounds = 1
        let report = try benchmark.run()
        #expect(report.rows.map(\.drop.calls) == [4, 64])
        #expect(report.rows.map(\.isScattered) == [false, true])
        #expect(report.rows.allSatisfy { $0.drop.map > .zero && $0.restore.settle > .zero })
        #expect(report.description.split(separator: "\n").count == 6)
    }
}
