package import Domain

/// A cluster at one moment: what each instance's memory holds, who serves with whom, and how many
/// requests run and wait.
package struct ClusterState: Hashable, Sendable {
    /// Requests in execution.
    package var running: Int
    /// Requests that wait for execution.
    package var waiting: Int
    /// In the order of their ids.
    package var instances: [Instance]
    /// In the order of their ids. While sequences move from one group to another an instance is a
    /// member of both.
    package var groups: [Group]

    /// The memory of one instance; the parts sum up to its budget.
    package struct Instance: Hashable, Sendable {
        package var phase: InstanceSnapshot.Phase
        /// Layers that it executes.
        package var layers: LayerRange
        package var weights: ByteCount
        /// Blocks that sequences hold.
        package var used: ByteCount
        /// Blocks that only the prefix cache holds.
        package var cached: ByteCount
        package var free: ByteCount
        /// Workspace, pages that belong to nothing, and ends of pages that no block fits into; all
        /// of an instance that is not there.
        package var other: ByteCount
    }

    /// One group and its requests.
    package struct Group: Hashable, Sendable {
        package var id: GroupID
        package var stages: [GroupStage]
        package var running: Int
        package var waiting: Int
        /// Sequences of `running` that stand still while their KV moves.
        package var stalled: Int
    }
}

extension ClusterState {
    /// KV that sequences hold, as a share of the KV there would be without a drop.
    package func usage(of undropped: ByteCount) -> Double {
        guard undropped > .zero else { return 0 }
        let used = instances.reduce(0) { $0 + $1.used.bytes }
        return Double(used) / Double(undropped.bytes)
    }

    /// Instances that have a sequence, running or waiting. Complexity: O(instances + stages).
    package var busyCount: Int {
        var isBusy = Array(repeating: false, count: instances.count)
        for group in groups where group.running + group.waiting > 0 {
            for stage in group.stages { isBusy[stage.instance.index] = true }
        }
        return isBusy.count(where: \.self)
    }
}
