package import Domain

/// What a run may cost, and how long it may wait for something to happen.
package struct RunLimits: Hashable, Sendable {
    package var maxArrivals = 20_000
    /// Of all arrivals, to read and to generate.
    package var maxTokens: TokenCount = 20_000_000
    /// A step counts as one more for each 256 of its tokens and blocks.
    package var maxEvents = 4_000_000
    /// How far to look, and how late an arrival may be.
    package var longest = Duration.seconds(2 * 86_400)
    /// How long to wait for a restore when nothing else is left. The longest hold before one is
    /// two minutes by default.
    package var patience = Duration.seconds(300)
    /// Decisions to keep.
    package var maxDecisions = 1000
    /// States of single instances to keep. When there are more, the samples get sparser.
    package var maxInstanceSamples = 100_000

    /// The limits of a question to a live server.
    package init() {}

    /// For those who run a simulation because they want it: nothing but memory is short.
    package static let generous: RunLimits = {
        var limits = RunLimits()
        limits.maxArrivals = 1 << 32
        limits.maxTokens = 1 << 50
        limits.maxEvents = 1 << 50
        limits.longest = .seconds(400 * 86_400)
        limits.maxDecisions = 20_000
        return limits
    }()
}

/// Why a run is over.
package enum RunEnding: Hashable, Sendable {
    /// Everything has ended, and the cell asks for nothing more.
    case settled
    case horizon
    /// It took more events than it may.
    case tooManyEvents
    /// Work is left, or the horizon further than may be looked.
    case tooLong
    /// Nothing has happened for so long that nothing will.
    case idle
}
