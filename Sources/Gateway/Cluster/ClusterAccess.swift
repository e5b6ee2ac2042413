/// The operators' side of the server: the cell's operations and how many may use the costly ones
/// at a time.
struct ClusterAccess: Sendable {
    let operations: any ClusterOperations
    let streams: SlotCounter
    let questions: SlotCounter

    init(_ operations: any ClusterOperations, limits: GatewayLimits) {
        self.operations = operations
        streams = SlotCounter(limit: limits.maxClusterStreams)
        questions = SlotCounter(limit: limits.maxWhatIfs)
    }
}
