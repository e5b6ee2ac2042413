import Cluster
import Domain
import Inference
import Planning
import Scheduling
import Testing

@testable import Runtime

/// Flags that cannot be met are refused with what was expected.
struct EngineTests {
    @Test func aMissingModelNamesItsFile() {
        let configuration = EngineConfiguration(model: ModelDirectory(path: "/nowhere"))
        let error = #expect(throws: RuntimeError.self) { try Engine(configuration) }
        #expect(error?.message.contains("config.json") == true)
    }

    @Test func aBudgetBelowTheWeightsSaysHowMuchIsNeeded() throws {
        let error = #expect(throws: RuntimeError.self) {
            var configuration = EngineConfiguration(model: Self.model)
            configuration.memory = .budget(.kibibytes(64))
            _ = try Engine(configuration)
        }
        #expect(error?.code == .outOfMemory)
        #expect(error?.message.contains("needs at least") == true)
    }

    @Test func aLengthThatTheCacheCannotHoldIsRefused() throws {
        let error = #expect(throws: RuntimeError.self) {
            var configuration = EngineConfiguration(model: Self.model)
            configuration.memory = .kvCache(.kibibytes(1))
            configuration.maxModelLength = 8000
            _ = try Engine(configuration)
        }
        #expect(error?.code == .badOption || error?.code == .outOfMemory)
    }

    @Test func limitsOutOfRangeNameTheirFlag() {
        let error = #expect(throws: RuntimeError.self) {
            var configuration = EngineConfiguration(model: Self.model)
            configuration.scheduler.maxRunning = 0
            _ = try Engine(configuration)
        }
        #expect(error?.message == "--max-num-seqs is 0, expected 1 to 65536")
    }

    @Test func aBudgetForAGivenCacheHoldsIt() throws {
        var configuration = EngineConfiguration(model: Self.model)
        configuration.memory = .kvCache(.mebibytes(1))
        let plan = try Engine(configuration).executors[0].plan
        let layers = plan.units.count { if case .layer = $0.unit { true } else { false } }
        #expect(plan.pageSize * (plan.kvPagesPerLayer * layers) >= .mebibytes(1))
    }

    /// What moves may load is measured when instances are packed by moves, and only then.
    @Test(arguments: TransferPolicy.allCases)
    func boundsOfMovesAreMeasuredAtTheStart(policy: TransferPolicy) throws {
        var configuration = EngineConfiguration(model: Self.model)
        configuration.memory = .kvCache(.mebibytes(1))
        configuration.instances = 2
        configuration.threadsPerInstance = 1
        configuration.packing.transferPolicy = policy
        #expect(try Engine(configuration).cell.packing.transfers == nil)
        configuration.relocationPolicy = .mell
        let transfers = try Engine(configuration).cell.packing.transfers
        #expect((transfers == nil) == (policy == .unbounded))
        guard let transfers else { return }
        #expect(transfers.nearBytesPerSecond > 0)
        #expect(transfers.farBytesPerSecond == transfers.nearBytesPerSecond)
        let tokens = [0, 1, 8].map(transfers.computation.tokens)
        #expect(tokens[0] > tokens[1] && tokens[1] >= tokens[2])
        configuration.relocation.mode = .recompute
        #expect(try Engine(configuration).cell.packing.transfers == nil)
    }

    private static var model: ModelDirectory {
        let parts = #filePath.split(separator: "/").dropLast(2)
        return ModelDirectory(
            path: "/" + parts.joined(separator: "/") + "/InferenceTests/Fixtures/llama3")
    }
}
