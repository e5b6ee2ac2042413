internal import ArgumentParser
internal import Cluster
internal import Domain
internal import Inference
internal import Planning
internal import Runtime
internal import Scheduling

/// The flags that say what happens when the demand for KV exceeds the memory.
struct OverloadOptions: ParsableArguments {
    @Option(
        help: """
            What happens when KV runs out: drop (instances give up parameters that others hold), \
            recompute, swap, migrate, or static-pipeline.
            """)
    var overloadPolicy: OverloadPolicy = .drop

    @Option(help: "Demand for KV, as a share of the memory, from which parameters are dropped.")
    var overloadHighWater = OverloadConfiguration().highWater

    @Option(help: "Seconds ahead for which growing demand counts as if it were there already.")
    var overloadHorizon = OverloadConfiguration().horizon / .seconds(1)

    @Option(help: "KV in use, as a share of the undropped memory, below which they come back.")
    var overloadRestoreBelow = OverloadConfiguration().restoreBelow

    @Flag(inversion: .prefixedNo, help: "Bring dropped parameters back when the load is low.")
    var overloadRestore = true

    @Option(help: "Seconds that the load must be low before parameters come back.")
    var overloadRestoreHold = 2.0

    @Option(help: "Seconds that parameters stay dropped at least.")
    var overloadMinDropped = 5.0

    @Option(help: "Milliseconds between two looks at the load.")
    var overloadInterval = 50.0

    @Option(help: "The most instances that execute a request together.")
    var overloadMaxStages = OverloadConfiguration().maxStages

    @Option(help: "How KV moves: coordinated (in pieces between steps) or blocking.")
    var exchangeMode: ExchangeMode = .coordinated

    @Option(help: "How pipelines form steps of prompts: lookahead (equal cost) or token-count.")
    var batchFormation: BatchFormation = .lookahead

    @Option(
        help: ArgumentHelp(
            "What steps cost, as kunserve profile has measured it (default: reckoned).",
            valueName: "file"))
    var profile: String?

    @Option(help: "Instances in each pipeline under the policy static-pipeline.")
    var pipelineParallelSize = 2

    @Option(
        help: """
            Host memory for KV under the policy swap, and for batch requests under --autoscale \
            chiron, such as 4GiB.
            """)
    var swapSpace = ByteCount.gibibytes(1)

    func validate() throws {
        for (flag, value, bounds) in [
            ("--overload-high-water", overloadHighWater, 0.0...1.0),
            ("--overload-horizon", overloadHorizon, 0...600),
            ("--overload-restore-below", overloadRestoreBelow, 0...1),
            ("--overload-restore-hold", overloadRestoreHold, 0...86400),
            ("--overload-min-dropped", overloadMinDropped, 0...86400),
            ("--overload-interval", overloadInterval, 1...60000),
            ("--overload-max-stages", Double(overloadMaxStages), 2...64),
            ("--pipeline-parallel-size", Double(pipelineParallelSize), 2...64),
        ] where !bounds.contains(value) {
            throw ValidationError(
                "\(flag) is \(value), expected \(bounds.lowerBound) to \(bounds.upperBound)")
        }
    }

    func apply(to configuration: inout EngineConfiguration) throws {
        configuration.overloadPolicy = overloadPolicy
        configuration.overload.highWater = overloadHighWater
        configuration.overload.horizon = .seconds(overloadHorizon)
        configuration.overload.restoreBelow = overloadRestoreBelow
        configuration.overload.isRestoreEnabled = overloadRestore
        configuration.overload.restoreHold = .seconds(overloadRestoreHold)
        configuration.overload.minimumDropped = .seconds(overloadMinDropped)
        configuration.overload.sampleInterval = .milliseconds(Int64(overloadInterval))
        configuration.overload.maxStages = overloadMaxStages
        configuration.batchFormation = batchFormation
        configuration.pipelineStages = pipelineParallelSize
        configuration.swapSpace = swapSpace
        configuration.profile = try profile.map { path in
            let text = try configuration.model.text(at: path)
            return try CostProfile(json: JSON.parse(text), source: path)
        }
    }
}

extension OverloadPolicy: ExpressibleByArgument {}
extension ExchangeMode: ExpressibleByArgument {}
extension BatchFormation: ExpressibleByArgument {}
