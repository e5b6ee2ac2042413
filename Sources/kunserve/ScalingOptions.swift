internal import ArgumentParser
internal import Domain
internal import Planning
internal import Runtime

/// The flags that say how many instances there are.
struct ScalingOptions: ParsableArguments {
    @Option(
        name: [.customLong("autoscale"), .customLong("autoscaling-policy")],
        help: """
            Who decides how many instances there are: chiron (objectives of interactive and batch \
            requests, which also size batches), freeness-band, packing (those go that packing has \
            left empty), or off (an operator).
            """)
    var autoscale: AutoscalingPolicy = .off

    @Option(help: "Instances that autoscaling keeps at least.")
    var minInstances = 1

    @Option(
        help: """
            Instances at most; those of the start share memory and processors with them from the \
            beginning (default: as many as at the start).
            """)
    var maxInstances: Int?

    @Option(help: "Seconds between two looks at the number of instances.")
    var autoscalingInterval = AutoscalingConfiguration().scalingInterval / .seconds(1)

    @Option(help: "Average freeness, in steps, below which freeness-band adds an instance.")
    var scaleOutBelow = AutoscalingConfiguration().freenessBand.lowerBound

    @Option(help: "Average freeness, in steps, above which freeness-band removes an instance.")
    var scaleInAbove = AutoscalingConfiguration().freenessBand.upperBound

    @Option(help: "Seconds that freeness must be outside its band.")
    var scalingPeriod = AutoscalingConfiguration().freenessPeriod / .seconds(1)

    @Option(help: "Share of busy instances that chiron aims at until it has seen enough bursts.")
    var initialBusyShare = AutoscalingConfiguration().initialBusyShare

    @Option(help: "What of chiron is at work: all, local-only (batch sizes) or global-only.")
    var chironParts = ChironParts.all

    @Option(
        help: """
            Requests that chiron lets an instance run at once, whatever their latency (default: as \
            many as their objectives allow).
            """)
    var staticBatchSize: Int?

    @Option(help: "Seconds that chiron keeps an instance too many, at least.")
    var minLinger = AutoscalingConfiguration().minimumLinger / .seconds(1)

    func validate() throws {
        for (flag, value, bounds) in [
            ("--min-instances", Double(minInstances), 1.0...64),
            ("--max-instances", Double(maxInstances ?? 1), 1...64),
            ("--autoscaling-interval", autoscalingInterval, 0.01...3600),
            ("--scaling-period", scalingPeriod, 0...86400),
            ("--initial-busy-share", initialBusyShare, 0...1),
            ("--static-batch-size", Double(staticBatchSize ?? 1), 1...65536),
            ("--min-linger", minLinger, 0...86400),
            ("--scale-out-below", scaleOutBelow, -1e6...1e6),
        ] where !bounds.contains(value) {
            throw ValidationError(
                "\(flag) is \(value), expected \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        guard scaleOutBelow <= scaleInAbove else {
            throw ValidationError(
                "--scale-in-above is \(scaleInAbove), expected at least --scale-out-below, which "
                    + "is \(scaleOutBelow)")
        }
    }

    func apply(to configuration: inout EngineConfiguration) {
        configuration.maxInstances = maxInstances
        configuration.autoscaling.policy = autoscale
        configuration.autoscaling.parts = chironParts
        configuration.autoscaling.minimumInstances = minInstances
        configuration.autoscaling.scalingInterval = .seconds(autoscalingInterval)
        configuration.autoscaling.freenessBand = scaleOutBelow...scaleInAbove
        configuration.autoscaling.freenessPeriod = .seconds(scalingPeriod)
        configuration.autoscaling.initialBusyShare = initialBusyShare
        configuration.autoscaling.staticBatchSize = staticBatchSize
        configuration.autoscaling.minimumLinger = .seconds(minLinger)
    }
}

extension AutoscalingPolicy: ExpressibleByArgument {}
extension ChironParts: ExpressibleByArgument {}
