internal import Domain
internal import Planning

extension EngineFlags {
    /// Who decides how many instances there are.
    ///
    /// - Parameters:
    ///   - present: Instances at the start.
    ///   - loadTime: From the order of an instance to its joining.
    func autoscaling(
        from present: Int, loadTime: Duration
    ) throws(ScenarioError) -> AutoscalingConfiguration {
        var scaling = AutoscalingConfiguration()
        scaling.policy = autoscalingPolicy ?? scaling.policy
        scaling.parts = chironParts ?? scaling.parts
        scaling.minimumInstances = minInstances ?? min(present, scaling.minimumInstances)
        scaling.maximumInstances = maxInstances ?? max(present, scaling.minimumInstances)
        scaling.assumedLoadTime = loadTime
        scaling.scalingInterval = autoscalingInterval ?? scaling.scalingInterval
        let band = scaling.freenessBand
        let low = scaleOutBelow ?? band.lowerBound
        let high = scaleInAbove ?? max(low, band.upperBound)
        scaling.freenessPeriod = scalingPeriod ?? scaling.freenessPeriod
        scaling.initialBusyShare = initialBusyShare ?? scaling.initialBusyShare
        scaling.staticBatchSize = staticBatchSize
        scaling.minimumLinger = minLinger ?? scaling.minimumLinger
        guard scaling.controlsInstances else { return scaling }
        let (least, most) = (scaling.minimumInstances, scaling.maximumInstances)
        guard present <= most, least <= most else {
            throw ScenarioError(
                "max-instances",
                "is \(most), expected at least the \(max(present, least)) of data-parallel-size "
                    + "and min-instances")
        }
        guard low <= high else {
            throw ScenarioError(
                "scale-in-above", "is \(high), expected at least the \(low) of scale-out-below")
        }
        scaling.freenessBand = low...high
        return scaling
    }
}
