/// How much a template may ask for. The defaults are far above what published chat templates need
/// and keep a hostile one within about a second and about 128 MiB.
package struct TemplateLimits: Hashable, Sendable {
    /// The length of the source in bytes.
    package var sourceBytes = 1 << 20
    /// How deep brackets, operators and statements of the source may stand in one another.
    package var nesting = 64
    /// How deep the evaluation may go: nesting plus the calls of macros.
    package var depth = 160
    /// How deep lists and mappings may stand in one another, those of the context included.
    package var valueDepth = 100
    /// The work of one rendering. One step is one node evaluated, one element visited, or 16 bytes
    /// of text or list written or read; so memory stays under 16 bytes a step.
    package var steps = 8_000_000
    /// The length in bytes of the output, and of each string on the way.
    package var textBytes = 16 << 20
    /// The elements of one list.
    package var listCount = 1_000_000
    /// The parameters of a macro, and the named arguments of a call.
    package var argumentNames = 255
    /// The elements of one `range()`.
    package var rangeCount = 100_000

    package init() {}
}
