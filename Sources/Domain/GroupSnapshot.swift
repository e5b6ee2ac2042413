/// One group as operators see it.
package struct GroupSnapshot: Hashable, Sendable {
    package var id: GroupID
    /// In the order in which a step passes them.
    package var stages: [GroupStage]
    /// Sequences in execution.
    package var running: Int
    /// Requests that wait for execution by this group.
    package var waiting: Int
    /// Sequences of `running` that stand still while their KV moves.
    package var stalled: Int
    package var stepsInFlight: Int
    /// Blocks that sequences hold.
    package var usedBlocks: BlockCount
    /// Blocks there are; cached ones count as room.
    package var totalBlocks: BlockCount
    package var phase: Phase

    /// Where a group stands between forming and dissolving. The raw value is the name in the API.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        /// Its members make room and it executes nothing yet.
        case forming
        case serving
        /// Takes nothing new; its sequences move to another group.
        case closing
        /// Starts no steps until its members' memory has changed.
        case frozen
    }

    package init(
        id: GroupID, stages: [GroupStage], running: Int, waiting: Int, stalled: Int,
        stepsInFlight: Int, usedBlocks: BlockCount, totalBlocks: BlockCount, phase: Phase
    ) {
        self.id = id
        self.stages = stages
        self.running = running
        self.waiting = waiting
        self.stalled = stalled
        self.stepsInFlight = stepsInFlight
        self.usedBlocks = usedBlocks
        self.totalBlocks = totalBlocks
        self.phase = phase
    }
}
