import Domain
import Foundation
import Inference
import Testing

@testable import Runtime

/// Whatever happens around a request, its tokens are those of a quiet run, and in the end every
/// block and page is back. Real arithmetic on tiny models of two to five layers.
struct ChaosTests {
    /// `KUNSERVE_CHAOS_SEEDS=200..<9999` runs others than a test run has time for.
    private static let seeds: Range<Int> = {
        let wanted = ProcessInfo.processInfo.environment["KUNSERVE_CHAOS_SEEDS"] ?? ""
        let bounds = wanted.split(separator: "..<").compactMap { Int($0) }
        return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : 0..<200
    }()
    private static let runsAtOnce = 3

    @Test(.timeLimit(.minutes(10)))
    func nothingThatHappensChangesATokenOrLosesAPage() async throws {
        let random = try [false, true].map { try ChaosModel.writeRandom(tiedEmbeddings: $0) }
        defer { for directory in random { try? FileManager.default.removeItem(at: directory.url) } }
        var models: [ChaosModel] = []
        for directory in random + ["llama_mqa", "qwen2"].map(RuntimeHarness.fixture) {
            models.append(try await ChaosModel(directory))
        }
        let coverage = ChaosCoverage()
        try await withThrowingTaskGroup(of: Void.self) { [models] group in
            for seed in Self.seeds {
                if seed >= Self.seeds.lowerBound + Self.runsAtOnce { try await group.next() }
                // The large ones more often: they are short of memory.
                let model = models[[0, 1, 0, 1, 2, 3][seed % 6]]
                group.addTask { try await ChaosRun(model, seed: seed).run(coverage) }
            }
            try await group.waitForAll()
        }
        guard Self.seeds == 0..<200 else { return }
        for kind in ChaosCoverage.expected {
            #expect(coverage.count(kind) > 0, "no \(kind) in \(coverage.all)")
        }
    }
}

extension ModelDirectory {
    fileprivate var url: URL { URL(filePath: path) }
}
