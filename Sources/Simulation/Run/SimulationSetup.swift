package import Cluster
internal import Domain

/// Everything that decides what a simulation does: the same setup gives the same run in any
/// process.
package struct SimulationSetup: Sendable {
    package var cell: CellConfiguration
    package var costs: ClusterCosts
    /// In order of time.
    package var arrivals: [SimulatedArrival]
    package var faults: FaultPlan = .none
    package var checks: CheckLevel = .off
    /// Where to keep what took time; `nil` for nowhere.
    package var activities: ActivityLog?
    /// Time between two looks at the whole cluster. Grows when there would be more of them than
    /// `limits` allow.
    package var sampleInterval = Duration.seconds(1)
    package var limits = RunLimits.generous

    package init(cell: CellConfiguration, costs: ClusterCosts, arrivals: [SimulatedArrival]) {
        self.cell = cell
        self.costs = costs
        self.arrivals = arrivals
    }
}
