import Domain
import Inference
import Telemetry
import TestSupport
import Testing

@testable import Runtime

/// A fleet of fake instances whose reports a test takes one by one.
struct FleetHarness {
    let fleet: InstanceFleet
    let metrics: FleetMetrics
    /// By instance.
    let hooks: [FakeExecutor.Hooks]
    let shapes: [InstanceMemoryShape]
    private let reports = Monitor<[Report]>([])

    /// - Parameter columns: KV pages of each layer.
    init(
        instances: Int, mode: ExchangeMode = .coordinated, hostBlocks: BlockCount = 0,
        columns: Int = 2
    ) throws {
        let server = ServerMetrics(
            modelName: "fake", maxModelLength: 64, blockSize: FakeExecutor.blockSize,
            blockCount: 0, version: "test")
        let hooks = (0..<instances).map { _ in FakeExecutor.Hooks() }
        let executors = try hooks.map { try FakeExecutor(columns: columns, hooks: $0) }
        let view = executors[0].memoryView
        self.hooks = hooks
        shapes = executors.map(\.memoryShape)
        metrics = FleetMetrics(server, instances: instances)
        fleet = InstanceFleet(
            executors: executors,
            sampler: Sampler(
                vocabularySize: FakeExecutor.vocabularySize, tier: try KernelTier()),
            mode: mode, host: HostMemory(blockCount: hostBlocks, like: view), metrics: metrics)
        let reports = reports
        try fleet.start { report in reports.update { $0.append(report) } }
    }

    /// The oldest report that has not been taken.
    func nextReport() throws -> Report {
        let end = ContinuousClock.now + .seconds(20)
        let report: Report? = reports.wait { reports in
            if !reports.isEmpty { return .leave(reports.removeFirst()) }
            return ContinuousClock.now < end ? .sleepFor(.seconds(1)) : .leave(nil)
        }
        return try #require(report, "no report came")
    }

    /// Reports that have come and not been taken.
    func pendingReports() -> [Report] {
        reports.wait { .leave($0) }
    }

    func memory(_ instance: Int) -> InstanceMemoryView { fleet.workers[instance].memory }

    /// The bytes of one block in one layer.
    func bytes(_ instance: Int, layer: Int, block: Int) -> [UInt8] {
        let view = memory(instance)
        let start = view.kv(layer: layer, block: BlockID(index: block))
        return Array(UnsafeRawBufferPointer(start: start, count: view.blockBytes))
    }

    func fill(_ instance: Int, layer: Int, block: Int, with byte: UInt8) {
        let view = memory(instance)
        memset(view.kv(layer: layer, block: BlockID(index: block)), byte, view.blockBytes)
    }

    private func memset(_ start: UnsafeMutableRawPointer, _ byte: UInt8, _ count: Int) {
        start.initializeMemory(as: UInt8.self, repeating: byte, count: count)
    }
}

extension GroupStage {
    init(_ instance: Int, _ layers: LayerRange) {
        self.init(
            instance: InstanceID(index: instance),
            range: StageRange(
                layers: layers, hasEmbedding: layers.lowerBound == 0,
                hasHead: layers.upperBound == FakeExecutor.layerCount))
    }
}
