/// Where a workload comes from.
package enum WorkloadSource: Hashable, Sendable {
    case random(RandomWorkload)
    case trace(TraceWorkload)
    case custom(PromptFile)

    package func make() throws(WorkloadError) -> Workload {
        switch self {
        case .random(let random): random.make()
        case .trace(let trace): try trace.make()
        case .custom(let file): try file.make()
        }
    }
}
