package import Domain

/// Which groups become one, and who executes what then.
package struct DropPlan: Hashable, Sendable {
    /// By their lowest group id. Groups that stay as they are do not appear.
    package var merges: [Merge]
    /// Weight bytes that all merges free, exact to the page.
    package var freed: ByteCount

    package init(merges: [Merge], freed: ByteCount) {
        self.merges = merges
        self.freed = freed
    }

    /// Groups that become one.
    package struct Merge: Hashable, Sendable {
        /// Ascending.
        package var groups: [GroupID]
        /// Every instance of the groups, in execution order; each keeps a part of what it executes
        /// now, and at least one layer.
        package var stages: [GroupStage]
        /// Weight bytes that the members give up, exact to the page.
        package var freed: ByteCount
        /// KV of the ongoing sequences in layers that change their owner.
        package var exchanged: ByteCount

        package init(
            groups: [GroupID], stages: [GroupStage], freed: ByteCount, exchanged: ByteCount
        ) {
            self.groups = groups
            self.stages = stages
            self.freed = freed
            self.exchanged = exchanged
        }
    }
}
