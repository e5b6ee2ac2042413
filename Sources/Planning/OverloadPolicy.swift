/// What a cell does when running and queued sequences need more KV than there is
/// (`--overload-policy`).
package enum OverloadPolicy: String, Hashable, Sendable, CaseIterable {
    /// Give up parameters that other instances also hold and serve with their memory; when no
    /// grouping frees enough, as `recompute`.
    case drop
    /// Take the blocks of the youngest sequence; it computes its KV again later.
    case recompute
    /// Copy the blocks of the youngest sequence to host memory and back when there is room.
    case swap
    /// Move running sequences to instances with free blocks.
    case migrate
    /// Pipelines from the start and for good: the memory of a drop, and its price, all the time.
    case staticPipeline = "static-pipeline"
}
