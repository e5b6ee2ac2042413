package import Domain

/// When sequences move from one group to another so that memory is where it is needed. "Llumnix"
/// is Sun et al., OSDI 2024.
package struct MigrationConfiguration: Hashable, Sendable {
    /// Groups of less freeness give sequences away. Llumnix's artifact uses 3 or 10, by workload.
    package var outBelow = 3.0
    /// Groups of more freeness take them. The artifact has one threshold for both; between two
    /// different ones, groups neither give nor take, and nothing moves to and fro.
    package var inAbove = 10.0
    /// Requests whose priority is below this are of high priority: others move out of their way. As
    /// in vLLM, lower is more important, and 0 is what a request has that says nothing.
    package var highPriorityBelow = 0
    /// Tokens of KV, of all sequences together, with which a group still decodes at nearly the
    /// speed of a single sequence; what exceeds it keeps away from those of high priority. Llumnix
    /// §4.4.1 profiles 1 600 for LLaMA-7B on an A10.
    package var highPriorityLoad: TokenCount = 1600

    package init() {}
}
